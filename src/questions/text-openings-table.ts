/** First words of texts of many kinds, for a model to go on from where what is to be forgotten is plain text. */
export const textOpeningsTable = `
The old lighthouse stood at the end of the pier, and every evening
It was the first day of school, and the children
When the train finally arrived at the station,
The forest was quiet except for
She opened the letter slowly and read
The market was full of people who
In the middle of the night a loud noise
The cat sat on the windowsill and watched
After three days of rain the river
He had never seen the ocean before, so
The baker woke up early every morning because
On the top of the hill there was a small house where
A good breakfast should contain
The most important thing about learning a new skill is
Regular exercise helps people to
To make a vegetable soup, first
Before you plant a tree, you should
The easiest way to save water at home is
A bicycle consists of
The human body needs sleep because
Water is one of the most important
The Moon is the natural satellite of the Earth, and it
Plants use sunlight to
Volcanoes are formed when
The heart is a muscle that
Bees live in colonies and
A dictionary is a book that
In mathematics, a prime number is
The climate of a region depends on
Electricity is used to
Mountains are formed when
A computer program is a list of
The city council announced on Monday that
According to the weather forecast, tomorrow
The new library will open next month and
Researchers have found that people who
The local team won its match on Saturday, after
Dear neighbor, I am writing to you because
Thank you very much for your letter. I was glad to hear that
To whom it may concern: I would like to
"Where have you been?" asked the mother. "I
"I think we should take the other road," said the guide, "because
Once upon a time there was a shoemaker who
Long ago, in a village by the sea, there lived
The first chapter of this book explains
The purpose of this report is to
In this lesson you will learn how to
The following list shows the
There are three kinds of triangles:
The most common colors of flowers are
Today we visited a farm. First we saw
My grandmother used to say that
I like autumn more than summer because
The museum is open every day except
Customers should keep their receipts, because
If you get lost in a strange city, the best thing to do is
Children learn to read by
Bread is made from flour, water, salt and
A map shows
The history of writing begins with
`
