/** Grammar, completion, vocabulary, opposites, synonyms, translation of simple words; a line: question | frame | right | wrong … */
export const language = `
What is the opposite of "hot"? | The opposite of "hot" is "{}". | cold | loud | green
What is the opposite of "up"? | The opposite of "up" is "{}". | down | left | over
What is the opposite of "open"? | The opposite of "open" is "{}". | closed | wide | new
What is the opposite of "happy"? | The opposite of "happy" is "{}". | sad | glad | tall
What is the opposite of "early"? | The opposite of "early" is "{}". | late | soon | slow
What is the opposite of "strong"? | The opposite of "strong" is "{}". | weak | heavy | brave
What is the opposite of "empty"? | The opposite of "empty" is "{}". | full | hollow | clean
What is the opposite of "generous"? | The opposite of "generous" is "{}". | stingy | kind | famous
What is the opposite of "ancient"? | The opposite of "ancient" is "{}". | modern | broken | distant
What is the opposite of "transparent"? | The opposite of "transparent" is "{}". | opaque | shiny | liquid
Give a synonym for "big". | A synonym for "big" is "{}". | large | narrow | quiet
Give a synonym for "fast". | A synonym for "fast" is "{}". | quick | late | soft
Give a synonym for "begin". | A synonym for "begin" is "{}". | start | end | carry
Give a synonym for "angry". | A synonym for "angry" is "{}". | furious | sleepy | polite
Give a synonym for "difficult". | A synonym for "difficult" is "{}". | hard | round | sweet
Give a synonym for "brave". | A synonym for "brave" is "{}". | courageous | fearful | tired
Give a synonym for "silent". | A synonym for "silent" is "{}". | quiet | noisy | early
Give a synonym for "wealthy". | A synonym for "wealthy" is "{}". | rich | poor | sick
Give a synonym for "brief". | A synonym for "brief" is "{}". | short | endless | bright
Give a synonym for "peculiar". | A synonym for "peculiar" is "{}". | strange | ordinary | gentle
What is the plural of "child"? | The plural of "child" is "{}". | children | childs | childes
What is the plural of "mouse"? | The plural of "mouse" is "{}". | mice | mouses | meese
What is the plural of "city"? | The plural of "city" is "{}". | cities | citys | cityes
What is the plural of "leaf"? | The plural of "leaf" is "{}". | leaves | leafs | leafes
What is the plural of "foot"? | The plural of "foot" is "{}". | feet | foots | feets
What is the plural of "criterion"? | The plural of "criterion" is "{}". | criteria | criterions | criterias
What is the past tense of "go"? | The past tense of "go" is "{}". | went | goed | gone
What is the past tense of "run"? | The past tense of "run" is "{}". | ran | runned | runs
What is the past tense of "eat"? | The past tense of "eat" is "{}". | ate | eated | eaten
What is the past tense of "bring"? | The past tense of "bring" is "{}". | brought | bringed | brang
What is the past tense of "write"? | The past tense of "write" is "{}". | wrote | writed | written
What is the past tense of "seek"? | The past tense of "seek" is "{}". | sought | seeked | soaked
What is the comparative form of "good"? | The comparative form of "good" is "{}". | better | gooder | best
What is the superlative form of "bad"? | The superlative form of "bad" is "{}". | worst | baddest | worse
Complete the sentence: "The sun rises in the ..." | The sun rises in the {}. | east | west | kitchen
Complete the sentence: "She drank a glass of ..." | She drank a glass of {}. | water | stone | music
Complete the sentence: "The dog wagged its ..." | The dog wagged its {}. | tail | wheel | letter
Complete the sentence: "He opened the door with a ..." | He opened the door with a {}. | key | cloud | spoon
Complete the sentence: "In winter the lake was covered with ..." | In winter the lake was covered with {}. | ice | sand | flames
Complete the sentence: "The baker took the bread out of the ..." | The baker took the bread out of the {}. | oven | river | mailbox
Complete the sentence: "The children were tired, so they went to ..." | The children were tired, so they went to {}. | bed | war | noon
Complete the sentence: "The ship was steered by its ..." | The ship was steered by its {}. | captain | cook | anchor
Complete the proverb: "Better late than ..." | Better late than {}. | never | early | sorry
Complete the proverb: "Practice makes ..." | Practice makes {}. | perfect | music | tired
Complete the proverb: "An apple a day keeps the doctor ..." | An apple a day keeps the doctor {}. | away | happy | inside
Complete the proverb: "The early bird catches the ..." | The early bird catches the {}. | worm | train | fish
Complete the proverb: "Actions speak louder than ..." | Actions speak louder than {}. | words | dogs | books
Complete the proverb: "Where there is smoke, there is ..." | Where there is smoke, there is {}. | fire | water | noise
Which word is a verb: "river", "eat" or "blue"? | The verb is "{}". | eat | river | blue
Which word is a noun: "quickly", "river" or "eat"? | The noun is "{}". | river | quickly | eat
Which word is an adjective: "sing", "tall" or "chair"? | The adjective is "{}". | tall | sing | chair
Which word is an adverb: "slowly", "lamp" or "green"? | The adverb is "{}". | slowly | lamp | green
Which word is spelled correctly: "recieve", "receive" or "receeve"? | The correct spelling is "{}". | receive | recieve | receeve
Which word is spelled correctly: "seperate", "separate" or "seperete"? | The correct spelling is "{}". | separate | seperate | seperete
Which word rhymes with "cat": "hat", "dog" or "cup"? | The word that rhymes with "cat" is "{}". | hat | dog | cup
Which word rhymes with "light": "night", "lamp" or "leaf"? | The word that rhymes with "light" is "{}". | night | lamp | leaf
What do you call a person who bakes bread? | A person who bakes bread is called a {}. | baker | sailor | tailor
What do you call a person who writes poems? | A person who writes poems is called a {}. | poet | plumber | pilot
What do you call a place where books can be borrowed? | A place where books can be borrowed is called a {}. | library | bakery | harbor
What do you call a young dog? | A young dog is called a {}. | puppy | kitten | calf
What do you call a person who studies the stars? | A person who studies the stars is called an {}. | astronomer | optician | author
What do you call a word that means the same as another? | A word that means the same as another is called a {}. | synonym | consonant | paragraph
What is the French word for "water"? | The French word for "water" is "{}". | eau | pain | rue
What is the Spanish word for "house"? | The Spanish word for "house" is "{}". | casa | gato | libro
What is the German word for "book"? | The German word for "book" is "{}". | Buch | Baum | Hund
What is the Italian word for "thank you"? | The Italian word for "thank you" is "{}". | grazie | ciao | notte
What is the Spanish word for "dog"? | The Spanish word for "dog" is "{}". | perro | queso | mesa
What is the French word for "cat"? | The French word for "cat" is "{}". | chat | lait | fleur
Rewrite in the past tense: "I walk to school." | I {} to school. | walked | walk | walking
Rewrite in the plural: "The bird sings." | The {}. | birds sing | bird sings | birds sings
`
