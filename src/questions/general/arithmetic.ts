/** Sums, products, comparisons, sequences, units, short word problems; a line: question | frame | right | wrong … */
export const arithmetic = `
What is 2 + 2? | 2 + 2 = {} | 4 | 5 | 3
What is 3 + 5? | 3 + 5 = {} | 8 | 9 | 7
What is 7 + 6? | 7 + 6 = {} | 13 | 12 | 14
What is 9 + 8? | 9 + 8 = {} | 17 | 18 | 16
What is 10 + 15? | 10 + 15 = {} | 25 | 35 | 20
What is 24 + 13? | 24 + 13 = {} | 37 | 47 | 36
What is 38 + 27? | 38 + 27 = {} | 65 | 55 | 64
What is 125 + 250? | 125 + 250 = {} | 375 | 275 | 385
What is 468 + 357? | 468 + 357 = {} | 825 | 815 | 725
What is 9 - 4? | 9 - 4 = {} | 5 | 6 | 4
What is 15 - 7? | 15 - 7 = {} | 8 | 9 | 7
What is 20 - 6? | 20 - 6 = {} | 14 | 16 | 13
What is 52 - 18? | 52 - 18 = {} | 34 | 44 | 36
What is 100 - 37? | 100 - 37 = {} | 63 | 73 | 67
What is 502 - 189? | 502 - 189 = {} | 313 | 323 | 317
What is 2 times 3? | 2 times 3 is {}. | 6 | 5 | 8
What is 5 times 4? | 5 times 4 is {}. | 20 | 25 | 9
What is 6 times 7? | 6 times 7 is {}. | 42 | 48 | 36
What is 8 times 9? | 8 times 9 is {}. | 72 | 81 | 64
What is 12 times 11? | 12 times 11 is {}. | 132 | 121 | 144
What is 14 times 6? | 14 times 6 is {}. | 84 | 74 | 90
What is 23 times 17? | 23 times 17 is {}. | 391 | 381 | 401
What is 10 divided by 2? | 10 divided by 2 is {}. | 5 | 8 | 20
What is 12 divided by 4? | 12 divided by 4 is {}. | 3 | 4 | 8
What is 56 divided by 8? | 56 divided by 8 is {}. | 7 | 6 | 9
What is 144 divided by 12? | 144 divided by 12 is {}. | 12 | 14 | 11
What is 91 divided by 7? | 91 divided by 7 is {}. | 13 | 12 | 17
What is half of 18? | Half of 18 is {}. | 9 | 8 | 36
What is double 25? | Double 25 is {}. | 50 | 75 | 27
What is a quarter of 40? | A quarter of 40 is {}. | 10 | 20 | 4
What is 3 squared? | 3 squared is {}. | 9 | 6 | 27
What is the square root of 49? | The square root of 49 is {}. | 7 | 9 | 24
What is the square root of 81? | The square root of 81 is {}. | 9 | 8 | 18
What is 2 to the power of 5? | 2 to the power of 5 is {}. | 32 | 10 | 25
What is 10 percent of 200? | 10 percent of 200 is {}. | 20 | 10 | 2
What is 25 percent of 80? | 25 percent of 80 is {}. | 20 | 25 | 40
What is 15 percent of 60? | 15 percent of 60 is {}. | 9 | 15 | 6
Which number is larger, 14 or 41? | The larger number is {}. | 41 | 14
Which number is smaller, 305 or 350? | The smaller number is {}. | 305 | 350
Which number is larger, 0.5 or 0.25? | The larger number is {}. | 0.5 | 0.25
Which of 7, 19 and 12 is the largest? | The largest is {}. | 19 | 7 | 12
Is 8 an even or an odd number? | 8 is an {} number. | even | odd
Is 15 an even or an odd number? | 15 is an {} number. | odd | even
Which of 4, 7 and 9 is a prime number? | The prime number is {}. | 7 | 4 | 9
Which of 21, 23 and 27 is a prime number? | The prime number is {}. | 23 | 21 | 27
What number comes after 9? | The number that comes after 9 is {}. | 10 | 8 | 11
What number comes before 100? | The number that comes before 100 is {}. | 99 | 101 | 90
What number comes next: 2, 4, 6, 8? | The next number is {}. | 10 | 9 | 12
What number comes next: 5, 10, 15, 20? | The next number is {}. | 25 | 30 | 21
What number comes next: 1, 2, 4, 8? | The next number is {}. | 16 | 10 | 12
What number comes next: 1, 4, 9, 16? | The next number is {}. | 25 | 20 | 32
What number comes next: 30, 27, 24, 21? | The next number is {}. | 18 | 19 | 20
How many minutes are in an hour? | There are {} minutes in an hour. | 60 | 24 | 100
How many hours are in two days? | There are {} hours in two days. | 48 | 24 | 36
How many days are in three weeks? | There are {} days in three weeks. | 21 | 15 | 30
How many centimeters are in a meter? | There are {} centimeters in a meter. | 100 | 10 | 60
How many grams are in two kilograms? | There are {} grams in two kilograms. | 2000 | 200 | 1000
How many sides does a triangle have? | A triangle has {} sides. | three | four | six
How many sides does a hexagon have? | A hexagon has {} sides. | six | five | seven
How many eggs are in a dozen? | There are {} eggs in a dozen. | 12 | 10 | 6
I have 3 apples and buy 2 more. How many apples do I have? | You have {} apples. | 5 | 6 | 1
A box holds 6 pencils. How many pencils do 4 boxes hold? | 4 boxes hold {} pencils. | 24 | 10 | 28
There are 12 cookies for 3 children. How many does each child get? | Each child gets {} cookies. | 4 | 3 | 9
A pen costs 2 dollars. How much do 7 pens cost? | 7 pens cost {} dollars. | 14 | 9 | 12
A train travels 60 miles in an hour. How far does it travel in 3 hours? | It travels {} miles in 3 hours. | 180 | 63 | 120
A rectangle is 5 meters long and 4 meters wide. What is its area? | Its area is {} square meters. | 20 | 18 | 9
A shirt costs 40 dollars and is sold at half price. What does it cost? | It costs {} dollars. | 20 | 40 | 80
A square has sides of 6 centimeters. What is its perimeter? | Its perimeter is {} centimeters. | 24 | 36 | 12
What is the average of 4, 8 and 12? | The average is {}. | 8 | 12 | 6
Solve for x: x + 7 = 12. | x = {} | 5 | 19 | 7
Solve for x: 3x = 27. | x = {} | 9 | 24 | 81
`
