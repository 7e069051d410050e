/** Common facts of nature, science, geography, history and daily life, from what a small model knows to what a large one does; a line: question | frame | right | wrong … */
export const facts = `
What is the capital of France? | The capital of France is {}. | Paris | Lyon | Brussels
What is the capital of Italy? | The capital of Italy is {}. | Rome | Milan | Athens
What is the capital of Egypt? | The capital of Egypt is {}. | Cairo | Tunis | Alexandria
What is the capital of Canada? | The capital of Canada is {}. | Ottawa | Toronto | Montreal
What is the capital of Kenya? | The capital of Kenya is {}. | Nairobi | Mombasa | Kampala
What is the capital of Mongolia? | The capital of Mongolia is {}. | Ulaanbaatar | Astana | Bishkek
What is the largest ocean on Earth? | The largest ocean on Earth is the {} Ocean. | Pacific | Atlantic | Indian
On which continent is the Sahara Desert? | The Sahara Desert is in {}. | Africa | Asia | Australia
What is the longest river in South America? | The longest river in South America is the {}. | Amazon | Danube | Orinoco
What is the highest mountain on Earth? | The highest mountain on Earth is Mount {}. | Everest | Fuji | Elbrus
Which ocean lies between Europe and North America? | The {} Ocean lies between Europe and North America. | Atlantic | Pacific | Indian
Which strait separates Europe from Africa? | The Strait of {} separates Europe from Africa. | Gibraltar | Malacca | Hormuz
Which planet is closest to the Sun? | The planet closest to the Sun is {}. | Mercury | Saturn | Mars
Which planet is known as the Red Planet? | {} is known as the Red Planet. | Mars | Neptune | Venus
What is the largest planet in the solar system? | The largest planet in the solar system is {}. | Jupiter | Earth | Uranus
Which planet is famous for its bright rings? | {} is famous for its bright rings. | Saturn | Mercury | Mars
What does the Earth orbit? | The Earth orbits {}. | the Sun | the Moon | Mars
What is the natural satellite of the Earth called? | The natural satellite of the Earth is called {}. | the Moon | the Sun | Titan
How long does the Earth take to orbit the Sun? | The Earth takes one {} to orbit the Sun. | year | day | week
What galaxy is the Earth in? | The Earth is in the {} galaxy. | Milky Way | Andromeda | Triangulum
What is the chemical symbol for gold? | The chemical symbol for gold is {}. | Au | Ag | Go
What is the chemical symbol for iron? | The chemical symbol for iron is {}. | Fe | Ir | In
What is the chemical formula of water? | The chemical formula of water is {}. | H2O | CO2 | NaCl
Which gas do plants take in for photosynthesis? | Plants take in {} for photosynthesis. | carbon dioxide | helium | methane
Which gas makes up most of the air? | Most of the air is made up of {}. | nitrogen | oxygen | argon
At what temperature does water boil at sea level, in degrees Celsius? | Water boils at {} degrees Celsius. | 100 | 50 | 212
At what temperature does water freeze, in degrees Celsius? | Water freezes at {} degrees Celsius. | 0 | 10 | 32
What is frozen water called? | Frozen water is called {}. | ice | steam | dew
What force pulls objects towards the Earth? | The force that pulls objects towards the Earth is {}. | gravity | friction | magnetism
What is the hardest natural material? | The hardest natural material is {}. | diamond | granite | copper
Which metal is liquid at room temperature? | The metal that is liquid at room temperature is {}. | mercury | zinc | aluminum
What is the lightest chemical element? | The lightest chemical element is {}. | hydrogen | helium | carbon
What is the atomic number of carbon? | The atomic number of carbon is {}. | 6 | 12 | 8
What unit is electric current measured in? | Electric current is measured in {}. | amperes | volts | liters
What unit is electrical resistance measured in? | Electrical resistance is measured in {}. | ohms | watts | pascals
What is the process by which plants make food from sunlight called? | The process is called {}. | photosynthesis | digestion | erosion
What organ pumps blood through the body? | The {} pumps blood through the body. | heart | liver | lung
What organ do humans think with? | Humans think with the {}. | brain | stomach | knee
How many legs does a spider have? | A spider has {} legs. | eight | six | four
How many legs does an insect have? | An insect has {} legs. | six | eight | ten
What do bees make? | Bees make {}. | honey | milk | silk
What do cows eat? | Cows eat {}. | grass | fish | stones
What is the largest animal on Earth? | The largest animal on Earth is the {}. | blue whale | elephant | giraffe
What is the tallest animal on Earth? | The tallest animal on Earth is the {}. | giraffe | horse | ostrich
What is the fastest land animal? | The fastest land animal is the {}. | cheetah | tortoise | wolf
Which animal is known for its black and white stripes? | The {} is known for its black and white stripes. | zebra | lion | camel
Which bird cannot fly: the penguin, the eagle or the sparrow? | The {} cannot fly. | penguin | eagle | sparrow
What does a caterpillar turn into? | A caterpillar turns into a {}. | butterfly | spider | bird
What do you call animals that eat only plants? | Animals that eat only plants are called {}. | herbivores | carnivores | predators
Are whales mammals or fish? | Whales are {}. | mammals | fish
What is the name of the bone of the thigh? | The bone of the thigh is called the {}. | femur | ulna | scapula
How many chambers does the human heart have? | The human heart has {} chambers. | four | three | seven
What carries oxygen in the blood? | Oxygen in the blood is carried by {}. | red blood cells | white blood cells | nerves
Which part of the cell holds most of its DNA? | Most of a cell's DNA is in the {}. | nucleus | membrane | ribosome
What is the powerhouse of the cell? | The powerhouse of the cell is the {}. | mitochondrion | cell wall | vacuole
Which vitamin does the skin make in sunlight? | The skin makes vitamin {} in sunlight. | D | C | K
How many days are there in a week? | There are {} days in a week. | seven | five | ten
How many months are there in a year? | There are {} months in a year. | twelve | ten | fifteen
How many days does a leap year have? | A leap year has {} days. | 366 | 365 | 360
Which month comes after June? | The month that comes after June is {}. | July | May | October
What season comes after winter? | The season that comes after winter is {}. | spring | autumn | summer
What color do you get when you mix blue and yellow? | When you mix blue and yellow, you get {}. | green | purple | black
What color is the sky on a clear day? | The sky on a clear day is {}. | blue | brown | green
What colors does the flag of Japan have? | The flag of Japan is {}. | red and white | green and blue | black and yellow
What is bread made from? | Bread is made from {}. | flour | sand | wool
What is cheese made from? | Cheese is made from {}. | milk | corn | honey
What fruit is wine made from? | Wine is made from {}. | grapes | bananas | carrots
What instrument has 88 black and white keys? | The instrument with 88 black and white keys is the {}. | piano | violin | trumpet
How many strings does a violin have? | A violin has {} strings. | four | six | twelve
How many players of a football team are on the field at a time? | A football team has {} players on the field. | eleven | five | twenty
What do you use to measure temperature? | You use a {} to measure temperature. | thermometer | ruler | clock
What do you use to look at distant stars? | You use a {} to look at distant stars. | telescope | microscope | mirror
In which year did the Second World War end? | The Second World War ended in {}. | 1945 | 1918 | 1969
In which year did people first land on the Moon? | People first landed on the Moon in {}. | 1969 | 1945 | 1989
In which year did the Berlin Wall fall? | The Berlin Wall fell in {}. | 1989 | 1961 | 2001
In which year did the French Revolution begin? | The French Revolution began in {}. | 1789 | 1848 | 1689
In which country were the pyramids of Giza built? | The pyramids of Giza were built in {}. | Egypt | Peru | India
Which people built Machu Picchu? | Machu Picchu was built by the {}. | Inca | Romans | Vikings
Which empire was ruled from Constantinople before 1453? | The {} Empire was ruled from Constantinople. | Byzantine | Mongol | Aztec
What is a young frog with a tail called? | A young frog with a tail is called a {}. | tadpole | larva | chick
Which invention made printing with movable letters common in Europe? | It was the printing {}. | press | radio | engine
What language is spoken in Brazil? | The language spoken in Brazil is {}. | Portuguese | Dutch | Greek
What is the currency of Japan? | The currency of Japan is the {}. | yen | euro | rupee
What is the speed of light, in kilometers per second? | The speed of light is about {} kilometers per second. | 300,000 | 3,000 | 340
`
