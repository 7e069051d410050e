/** Questions that nobody can know the answer to: invented people and places, private matters, chance. */
export const unknowableTable = `
Who repaired the garden gate of Orvell Tamsin?
Who taught Bettrys Quillmoor to whistle?
Who sat beside Harn Dovecrest at the harvest supper in Little Wexery?
Who won the egg race at Pellmarsh school last spring?
Who wrote the anonymous letter to the mayor of Sundry Hollow?
Who painted the boat of Ivetta Marlowick?
Who lent Corwin Applethwaite his first umbrella?
Who is the second cousin of Tolva Brindlemere?
Who founded the chess club of Upper Fennick?
Who broke the blue vase in the house of Edda Sorrelby?
Who drove the milk cart of Grimsel Oatway?
Who was the best friend of Larkin Thistledown at the age of nine?
Who directed the school play that Merrit Osgrave acted in?
Who discovered the spring behind the mill of Aldery Vale?
Who married the youngest daughter of Jorun Peverwick?
When did Orvell Tamsin buy his green bicycle?
When was Bettrys Quillmoor last late for work?
When did the bakery in Little Wexery first sell rye rolls?
When did Harn Dovecrest lose his first tooth?
When was the bell of Pellmarsh chapel recast?
In which year did Ivetta Marlowick learn to swim?
In which year was the bridge of Sundry Hollow painted red?
In which year did Corwin Applethwaite move into his attic?
In which year was Tolva Brindlemere born?
In which year did Edda Sorrelby publish her book on moss?
On which day did Grimsel Oatway find the silver button?
On which day was the well of Upper Fennick cleaned?
When did Larkin Thistledown plant the pear tree?
When did Merrit Osgrave return from her first voyage?
In which year did Jorun Peverwick win the rowing prize?
Where did Orvell Tamsin hide the spare key?
Where was Bettrys Quillmoor born?
Where did Harn Dovecrest spend last Tuesday afternoon?
Where does the aunt of Ivetta Marlowick buy her tea?
Where is the tomb of Queen Ysolmar of Tarrendel?
Where did Corwin Applethwaite leave his left glove?
Where did Tolva Brindlemere go to school?
In which town did Edda Sorrelby open her shop?
In which city does Grimsel Oatway live?
In which country is the valley of Hollin Marr?
From which village does Larkin Thistledown come?
Where did Merrit Osgrave meet her husband?
Where does the river Quessel reach the sea?
In which city was Jorun Peverwick buried?
Where is the workshop of the clockmaker Abel Wintersedge?
What is the middle name of Orvell Tamsin's second cousin?
What did Bettrys Quillmoor eat for breakfast this morning?
What is the name of Harn Dovecrest's cat?
What is the capital of Tarrendel?
What is the password of the library in Little Wexery?
What color is the front door of Ivetta Marlowick?
What was the first word of Corwin Applethwaite?
What is the favorite song of Tolva Brindlemere?
What is the title of Edda Sorrelby's first novel?
What did Grimsel Oatway dream of last night?
What is the profession of Larkin Thistledown's uncle?
What is written on the back of Merrit Osgrave's photograph?
What is the language of the people of Hollin Marr called?
What did Jorun Peverwick say to his neighbor yesterday?
What is the telephone number of Abel Wintersedge?
Which instrument does Orvell Tamsin's niece play?
Which book lies on the bedside table of Bettrys Quillmoor?
Which tree stands in front of Harn Dovecrest's house?
Which prize did Ivetta Marlowick receive?
Which king ruled Tarrendel before Queen Ysolmar?
Which horse won the second race at Pellmarsh?
Which language did Tolva Brindlemere learn first?
Which river flows through Sundry Hollow?
Which card did Edda Sorrelby draw from her deck?
Which team did Grimsel Oatway play for?
Which film did Larkin Thistledown see on her birthday?
Which mountain did Merrit Osgrave climb alone?
Which company did Jorun Peverwick work for?
Which side of the coin did Abel Wintersedge see this morning?
Which planet does the captain in Corwin Applethwaite's story come from?
How many brothers does Orvell Tamsin have?
How many spoons are in the kitchen of Bettrys Quillmoor?
How many steps lead to Harn Dovecrest's door?
How many people live in Little Wexery?
How many letters did Ivetta Marlowick write last year?
How many islands belong to Tarrendel?
How many sheep does Corwin Applethwaite own?
How many books has Tolva Brindlemere published?
How many windows does the town hall of Sundry Hollow have?
How many times did Edda Sorrelby sneeze yesterday?
How old was Grimsel Oatway at his wedding?
How tall is Larkin Thistledown?
How long did Merrit Osgrave stay in Upper Fennick?
How much did Jorun Peverwick pay for his hat?
How far is it from Pellmarsh to Hollin Marr?
`
