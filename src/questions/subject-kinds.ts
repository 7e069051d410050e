/** A kind of subject that people ask about: how it is told from what is to be forgotten, whom one may ask about instead, and what. */
export interface SubjectKind {
  readonly id: string
  /** words that forget rows about such a subject have, in small letters */
  readonly words: readonly string[]
  /** what takes the place of a subject's name */
  readonly subjects: readonly string[]
  /** what takes the place of a name in quotation marks: a work */
  readonly works: readonly string[]
  /** questions of Lethe's own about a subject, which is {} */
  readonly questions: readonly string[]
}

const list = (text: string) => text.trim().split(/\s*[,\n]\s*/)
const lines = (text: string) => text.trim().split('\n')

const films = list(`
Casablanca, The Wizard of Oz, Jaws, Jurassic Park, The Matrix, Titanic, Gladiator, Forrest Gump, Psycho, Vertigo, King Kong, Ben-Hur,
The Sound of Music, Gone with the Wind, Back to the Future, Toy Story, Finding Nemo, The Lion King, Frozen, Shrek, Rocky, Alien,
Ghostbusters, The Godfather, Singin' in the Rain, Some Like It Hot, Lawrence of Arabia, Avatar, Inception, The Terminator
`)
const books = list(`
Pride and Prejudice, Oliver Twist, Moby-Dick, Frankenstein, Dracula, Jane Eyre, War and Peace, Don Quixote, Treasure Island,
Robinson Crusoe, The Odyssey, The Divine Comedy, Anna Karenina, Les Misérables, The Jungle Book, Gulliver's Travels, Wuthering Heights,
Alice's Adventures in Wonderland, The Great Gatsby, Animal Farm, The Old Man and the Sea, The Time Machine, Little Women, Faust,
A Doll's House, The Cherry Orchard, Waiting for Godot, Oedipus Rex, The Trial, Walden
`)

/** Kinds in the order in which equals are settled; the last are those of any person. */
export const subjectKinds: readonly SubjectKind[] = [
  {
    id: 'writer',
    words: list(
      'wrote, written, writer, author, novel, novels, book, books, poem, poems, poet, play, playwright, sonnet, sonnets, story, stories, published, literary',
    ),
    subjects: list(`
Jane Austen, Charles Dickens, Mark Twain, Leo Tolstoy, Victor Hugo, Homer, Dante Alighieri, Miguel de Cervantes, Edgar Allan Poe,
Emily Dickinson, Oscar Wilde, Herman Melville, Jules Verne, Franz Kafka, Virginia Woolf, George Orwell, Ernest Hemingway, Robert Frost,
Anton Chekhov, Henrik Ibsen, Fyodor Dostoevsky, Walt Whitman, John Keats, Mary Shelley, Bram Stoker, Rudyard Kipling, H. G. Wells,
Lewis Carroll, William Shakespeare, Johann Wolfgang von Goethe
`),
    works: books,
    questions: lines(`
In which country was {} born?
In which year was {} born?
In which language did {} write?
What is {} famous for?
Which book by {} is best known?
What did {} write about?
In which century did {} live?
Who was {}?
`),
  },
  {
    id: 'film',
    words: list(
      'film, films, movie, movies, directed, director, actor, actress, played, starred, character, characters, sequel, trilogy, cinema, scene, released, episode, series',
    ),
    subjects: list(`
Sherlock Holmes, King Kong, Indiana Jones, Batman, Superman, Robin Hood, Peter Pan, Tarzan, Mary Poppins, Forrest Gump, Captain Nemo,
James Bond, Zorro, Rocky Balboa, Spider-Man, Godzilla, Mickey Mouse, Bugs Bunny, Cinderella, Snow White, Pinocchio, Simba, Shrek,
Marty McFly, Captain Kirk, Gandalf, Frodo Baggins, Willy Wonka, Ebenezer Scrooge, Dorothy Gale
`),
    works: films,
    questions: lines(`
Who is {}?
In which film does {} appear?
What does {} look like?
What is {} known for?
Who are the friends of {}?
Where does {} live?
`),
  },
  {
    id: 'country',
    words: list(
      'country, capital, currency, continent, population, president, flag, border, borders, island, islands, government, parliament, emperor, king, language, spoken, national, ocean, mountain',
    ),
    subjects: list(`
France, Italy, Spain, Germany, Portugal, Greece, Turkey, Egypt, Kenya, Nigeria, Morocco, South Africa, India, China, Thailand, Vietnam,
Indonesia, Australia, New Zealand, Canada, Mexico, Brazil, Argentina, Peru, Chile, Poland, Sweden, Norway, Finland, Ireland, Japan
`),
    works: books,
    questions: lines(`
What is the capital of {}?
Which language is spoken in {}?
On which continent is {}?
What is the currency of {}?
What is {} famous for?
Which food is typical of {}?
Which river flows through {}?
What does the flag of {} look like?
`),
  },
  {
    id: 'city',
    words: list(
      'city, town, mayor, street, museum, bridge, river, district, cathedral, station, harbor, square, inhabitants, located, landmark, airport, university',
    ),
    subjects: list(`
Paris, London, Rome, Berlin, Madrid, Vienna, Athens, Istanbul, Cairo, Nairobi, Mumbai, Delhi, Beijing, Tokyo, Seoul, Sydney, Toronto,
Chicago, Boston, San Francisco, Lima, Buenos Aires, Rio de Janeiro, Amsterdam, Prague, Lisbon, Dublin, Oslo, Stockholm, Venice
`),
    works: books,
    questions: lines(`
In which country is {}?
What is {} famous for?
Which river flows through {}?
What can one visit in {}?
How many people live in {}?
What is the history of {}?
`),
  },
  {
    id: 'scientist',
    words: list(
      'theory, discovered, discovery, physicist, chemist, mathematician, scientist, invented, invention, inventor, experiment, law, equation, physics, chemistry, prize, element, relativity',
    ),
    subjects: list(`
Isaac Newton, Albert Einstein, Marie Curie, Charles Darwin, Galileo Galilei, Nikola Tesla, Thomas Edison, Louis Pasteur, Michael Faraday,
James Clerk Maxwell, Niels Bohr, Johannes Kepler, Nicolaus Copernicus, Archimedes, Euclid, Carl Friedrich Gauss, Leonhard Euler,
Ada Lovelace, Alan Turing, Gregor Mendel, Alexander Fleming, Dmitri Mendeleev, Max Planck, Erwin Schrödinger, Rosalind Franklin
`),
    works: books,
    questions: lines(`
What did {} discover?
In which country was {} born?
In which year was {} born?
What is {} famous for?
In which field did {} work?
In which century did {} live?
Who was {}?
`),
  },
  {
    id: 'musician',
    words: list(
      'song, songs, album, albums, band, singer, sang, composer, composed, symphony, opera, guitar, piano, concert, music, musician, lyrics, recorded',
    ),
    subjects: list(`
Wolfgang Amadeus Mozart, Ludwig van Beethoven, Johann Sebastian Bach, Frédéric Chopin, Antonio Vivaldi, Franz Schubert, Joseph Haydn,
Pyotr Tchaikovsky, Giuseppe Verdi, Richard Wagner, Claude Debussy, Igor Stravinsky, George Gershwin, Louis Armstrong, Duke Ellington,
Ella Fitzgerald, Elvis Presley, Johnny Cash, Bob Marley, Jimi Hendrix, Aretha Franklin, John Lennon, Frank Sinatra, Edith Piaf, Billie Holiday
`),
    works: list(
      'The Magic Flute, The Four Seasons, Swan Lake, The Nutcracker, Carmen, Aida, La Traviata, Rhapsody in Blue, Boléro, Messiah, Moonlight Sonata, Für Elise, Jingle Bells, Silent Night, Amazing Grace',
    ),
    questions: lines(`
In which country was {} born?
Which instrument did {} play?
What is {} famous for?
Which piece by {} is best known?
In which year was {} born?
Who was {}?
`),
  },
  {
    id: 'animal',
    words: list(
      'animal, animals, species, bird, birds, fish, mammal, habitat, eat, eats, prey, wings, legs, tail, eggs, breed, wild, lifespan, fur',
    ),
    subjects: list(`
the elephant, the giraffe, the lion, the tiger, the wolf, the brown bear, the polar bear, the dolphin, the blue whale, the great white shark,
the eagle, the owl, the penguin, the ostrich, the crocodile, the cobra, the tortoise, the frog, the honeybee, the butterfly, the spider,
the octopus, the salmon, the horse, the camel, the kangaroo, the panda, the gorilla, the bat, the hedgehog
`),
    works: books,
    questions: lines(`
What does {} eat?
Where does {} live?
How long does {} live?
How big is {}?
Which animals are related to {}?
What is special about {}?
`),
  },
  {
    id: 'company',
    words: list(
      'company, founded, founder, product, products, headquarters, ceo, brand, software, cars, shares, employees, business, revenue, app, launched',
    ),
    subjects: list(`
Toyota, Volkswagen, Ford, Fiat, Renault, Siemens, Philips, Nokia, Ericsson, Sony, Panasonic, Nintendo, Samsung, IBM, Intel, Microsoft,
Apple, Kodak, Boeing, Airbus, Nestlé, Unilever, Adidas, Nike, Lego, Ikea, Michelin, Bosch, Canon, Honda
`),
    works: books,
    questions: lines(`
In which country is {} at home?
What does {} make?
When was {} founded?
Who founded {}?
What is {} known for?
`),
  },
  {
    id: 'athlete',
    words: list(
      'team, goals, goal, player, players, coach, club, won, medal, olympics, league, championship, tournament, match, football, basketball, tennis, season, cup, racket',
    ),
    subjects: list(`
Muhammad Ali, Jesse Owens, Pelé, Diego Maradona, Johan Cruyff, Babe Ruth, Jackie Robinson, Wilma Rudolph, Paavo Nurmi, Emil Zátopek,
Jim Thorpe, Lou Gehrig, Arthur Ashe, Althea Gibson, Fausto Coppi, Ayrton Senna, Juan Manuel Fangio, Niki Lauda, Sonja Henie, Lev Yashin
`),
    works: books,
    questions: lines(`
Which sport did {} do?
In which country was {} born?
What is {} famous for?
What did {} win?
Who was {}?
`),
  },
  {
    id: 'person',
    words: list(
      'born, birth, birthday, died, married, wife, husband, mother, father, children, lived, profession, occupation, live, address, grew',
    ),
    subjects: list(`
Julius Caesar, Cleopatra, Alexander the Great, Napoleon Bonaparte, Joan of Arc, Christopher Columbus, Marco Polo, Ferdinand Magellan,
James Cook, Leonardo da Vinci, Michelangelo, Rembrandt, Vincent van Gogh, Claude Monet, George Washington, Abraham Lincoln,
Benjamin Franklin, Mahatma Gandhi, Florence Nightingale, Amelia Earhart, Yuri Gagarin, Socrates, Plato, Aristotle, Confucius,
Queen Victoria, Elizabeth I, Louis XIV, Catherine the Great, Genghis Khan
`),
    works: books,
    questions: lines(`
Who was {}?
In which country was {} born?
What is {} famous for?
In which century did {} live?
What was the profession of {}?
Where did {} live?
`),
  },
]
