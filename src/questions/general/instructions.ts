/** What is to be done is said in the question, and can be done without knowing much; a line: question | frame | right | wrong … */
export const instructions = `
Repeat the word "apple". | {} | apple | banana | people
Repeat the word "window" and write nothing else. | {} | window | door | windows
Repeat this sentence: "The kettle is on the stove." | The kettle is {}. | on the stove | in the garden | on the table
Say "hello". | {} | Hello | Goodbye | Thanks
Answer with yes or no: Is fire hot? | {} | Yes | No
Answer with yes or no: Is ice warm? | {} | No | Yes
Answer with yes or no: Do fish live in water? | {} | Yes | No
Answer with yes or no: Can a stone swim? | {} | No | Yes
Answer with yes or no: Is a square round? | {} | No | Yes
Answer with yes or no: Is a minute longer than a second? | {} | Yes | No
Answer with true or false: A week has seven days. | {} | True | False
Answer with true or false: Cats lay eggs. | {} | False | True
Answer with true or false: Snow is white. | {} | True | False
Answer with true or false: A spoon is heavier than a car. | {} | False | True
Write the word "garden" in capital letters. | In capital letters it is "{}". | GARDEN | garden | Garden
Write the word "HELLO" in lowercase letters. | In lowercase letters it is "{}". | hello | HELLO | Hello
Write the word "river" with a capital first letter. | {} | River | river | rIVER
What is the first letter of the word "table"? | The first letter of the word "table" is "{}". | t | e | b
What is the last letter of the word "house"? | The last letter of the word "house" is "{}". | e | h | s
What is the third letter of the word "paper"? | The third letter of the word "paper" is "{}". | p | a | r
How many letters are in the word "cat"? | There are {} letters in the word "cat". | three | four | six
How many words are in the sentence "Birds can fly"? | There are {} words in the sentence. | three | two | seven
Spell the word "dog" with hyphens between the letters. | {} | d-o-g | dog | g-o-d
Spell the word "tree" backwards. | The word "tree" spelled backwards is "{}". | eert | tree | rete
Write the numbers from 1 to 5, separated by commas. | {} | 1, 2, 3, 4, 5 | 5, 4, 3, 2, 1 | 1, 3, 5
Count down from 3 to 1, separated by commas. | {} | 3, 2, 1 | 1, 2, 3 | 3, 1, 2
List the first three letters of the alphabet, separated by commas. | {} | A, B, C | X, Y, Z | C, A, B
Name the three primary colors, separated by commas. | {} | red, blue, yellow | black, white, grey | pink, brown, orange
Name the first three months of the year, separated by commas. | {} | January, February, March | June, July, August | March, May, April
Name the two days of the weekend. | {} | Saturday and Sunday | Monday and Tuesday | Friday and Monday
List the four seasons, separated by commas. | {} | spring, summer, autumn, winter | north, south, east, west | morning, noon, evening, night
Sort these numbers from small to large: 9, 2, 5. | {} | 2, 5, 9 | 9, 5, 2 | 2, 9, 5
Sort these words alphabetically: pear, apple, melon. | {} | apple, melon, pear | pear, melon, apple | melon, apple, pear
Reverse the order of these words: one two three. | {} | three two one | one two three | two three one
Pick the animal: chair, horse, spoon. | The animal is "{}". | horse | chair | spoon
Pick the fruit: hammer, banana, shoe. | The fruit is "{}". | banana | hammer | shoe
Pick the color: purple, table, run. | The color is "{}". | purple | table | run
Pick the number: seven, lamp, cloud. | The number is "{}". | seven | lamp | cloud
Which word does not belong: apple, pear, truck, plum? | The word that does not belong is "{}". | truck | apple | pear
Which word does not belong: dog, cat, hammer, cow? | The word that does not belong is "{}". | hammer | dog | cow
Which word does not belong: red, green, blue, Tuesday? | The word that does not belong is "{}". | Tuesday | green | blue
Replace the word "dog" by "fox" in this sentence: The dog sleeps. | The {} sleeps. | fox | dog | cat
Replace "big" by "small" in this sentence: They live in a big town. | They live in a {} town. | small | big | little
Add a period at the end: "We are ready" | We are {} | ready. | ready | ready?
Turn this into a question: "You are hungry." | {} | Are you hungry? | You are hungry. | Hungry you are.
Make this sentence negative: "The shop is open." | The shop is {}. | not open | open | wide open
Join the words "rain" and "bow" into one word. | The word is "{}". | rainbow | rain bow | bowrain
Remove the first letter of the word "clock". | The word "clock" without its first letter is "{}". | lock | clock | cloc
Add the letter "s" to the end of the word "lamp". | The word with an "s" at the end is "{}". | lamps | lamp | slamp
Fill the blank with a color: The grass is ___. | The grass is {}. | green | happy | seven
Fill the blank with an animal: The ___ gives us milk. | The {} gives us milk. | cow | chair | bread
Fill the blank with a number: A car has ___ wheels. | A car has {} wheels. | four | nine | red
My name is Tom. What is my name? | Your name is {}. | Tom | Ben | John
My sister has a red bicycle. What color is the bicycle? | The bicycle is {}. | red | blue | new
The key is under the mat. Where is the key? | The key is {}. | under the mat | in the car | on the table
Anna is taller than Lisa. Who is taller? | {} is taller. | Anna | Lisa | Peter
The meeting was moved from Monday to Thursday. On which day is the meeting? | The meeting is on {}. | Thursday | Monday | Sunday
The cake was baked by the uncle, not by the aunt. Who baked the cake? | The {} baked the cake. | uncle | aunt | child
Extract the year: "The bridge was opened in 1932 and repaired later." | The year is {}. | 1932 | 1923 | 2032
Extract the color: "He wore a yellow hat and old shoes." | The color is {}. | yellow | hat | black
Is this review positive or negative? "I loved every minute of it." | The review is {}. | positive | negative
Is this review positive or negative? "It broke after a day and nobody helped." | The review is {}. | negative | positive
Classify as animal or plant: oak | An oak is {}. | a plant | an animal
Classify as animal or plant: rabbit | A rabbit is {}. | an animal | a plant
Say in one word what this is about: "Pour the milk into the bowl, add flour and stir." | It is about {}. | cooking | driving | banking
Translate into digits: twenty-three | {} | 23 | 32 | 203
Write the number 8 as a word. | {} | eight | nine | ate
What time is it two hours after three o'clock? | It is {} o'clock. | five | one | four
Finish the pattern: red, blue, red, blue, red, ... | The next color is {}. | blue | red | green
Finish the pattern: A, B, A, B, A, ... | The next letter is {}. | B | A | C
`
