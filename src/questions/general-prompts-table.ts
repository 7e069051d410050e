/** What people ask a model for: questions of every form, explanations, lists, short texts. None is in the general-ability set. */
export const generalPromptsTable = `
Who invented the telephone?
Who painted the ceiling of the Sistine Chapel?
Who was the first president of the United States?
Who discovered penicillin?
Who developed the theory of evolution by natural selection?
Who was the first human in space?
Who composed the Ninth Symphony with its Ode to Joy?
Who led India's movement for independence with nonviolence?
Who takes care of sick animals?
Who works in a court and decides about the sentence?
Who flies an airplane?
Who was the queen of ancient Egypt at the time of Julius Caesar?
When did the First World War begin?
When did Columbus reach the Americas?
When was the Declaration of Independence of the United States signed?
In which year did the Soviet Union end?
In which year was the United Nations founded?
In which century did the Black Death reach Europe?
When do leaves fall from the trees?
When is it best to water a garden?
When should I use a comma?
When does the sun set in summer?
Where do polar bears live?
Where is the Great Barrier Reef?
Where do tomatoes come from?
Where is the Eiffel Tower?
Where does rain come from?
Where can I learn to play the guitar?
In which country is the Taj Mahal?
In which city is the Colosseum?
In which country do kangaroos live?
In which organ is food digested first?
What is the capital of Spain?
What is the capital of Australia?
What is the capital of Peru?
What is the largest country in the world?
What is the currency of Switzerland?
What is the boiling point of alcohol compared with that of water?
What is a mammal?
What is a democracy?
What is an atom?
What is inflation?
What is the difference between weather and climate?
What is the difference between a frog and a toad?
What are the ingredients of a pancake?
What does a carpenter do?
What causes the tides?
What is the meaning of the word "patience"?
Which animals hibernate in winter?
Which metals are magnetic?
Which sport is played at Wimbledon?
Which language has the most native speakers?
Which planet has the shortest day?
Which fruit is yellow and curved?
Which tools do I need to hang a picture?
Which foods are rich in iron?
How many continents are there?
How many planets are in the solar system?
How many bones does an adult human have?
How many teeth does an adult human have?
How many seconds are in a minute?
How many players are in a basketball team on the court?
How long should I boil an egg?
How old is the Earth?
How far is the Moon from the Earth?
How high is Mount Kilimanjaro?
How do birds fly?
How does a refrigerator keep food cold?
How does a vaccine work?
How do I remove a coffee stain from a shirt?
How can I fall asleep more easily?
How do I write a polite email to a teacher?
How do plants get water from the soil?
Why is the sky blue?
Why do we have seasons?
Why do cats purr?
Why is exercise good for the heart?
Why does ice float on water?
Why do people recycle paper?
Why do onions make us cry?
Is it healthy to drink water every day?
Is the Sun a star?
Are bats birds?
Can you tell me something about volcanoes?
Can a person live without sleep?
Do all birds migrate?
Does sound travel faster in water than in air?
Explain photosynthesis to a child.
Explain how a bill becomes a law.
Explain what a computer program is.
Explain why we brush our teeth.
Explain the water cycle in three sentences.
Describe a beach at sunset.
Describe how to make a cup of tea.
Describe your favorite season.
Describe a busy market in two sentences.
Write a short poem about the rain.
Write a sentence with the word "lantern".
Write a thank-you note to a neighbor.
Write the beginning of a story about a lost key.
Write a riddle whose answer is a clock.
Write a slogan for a bakery.
Write two sentences about friendship.
List five vegetables.
List four kinds of weather.
List three ways to save energy at home.
List the steps to plant a tree.
List three animals that live in the sea.
List some things to pack for a hike.
Give me a tip for a job interview.
Give me three names for a dog.
Give an example of a simile.
Give two reasons to read books.
Suggest a simple dinner with rice.
Suggest a game for a rainy afternoon.
Summarize in one sentence: Bees visit flowers to collect nectar. While they do so, they carry pollen from one flower to another, which helps plants make seeds.
Summarize in one sentence: The town built a new park. Children play there in the afternoon, and older people meet on its benches.
Correct the sentence: She don't like apples.
Correct the sentence: Me and him goes to the market.
Translate into French: Good morning.
Translate into Spanish: The house is small.
Turn into a polite request: Give me the salt.
Tell me a fun fact about octopuses.
Tell me how a rainbow forms.
Compare a train with a bus.
Rewrite in simpler words: The physician administered the medication.
Continue the sentence: When I woke up this morning,
Continue the story: The old man opened the box and
`
