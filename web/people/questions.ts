import type { Person } from './people.ts'

/** What can be asked about a person. */
export type Attribute = Exclude<keyof Person, 'name'>

/**
 * Phrasings by attribute, `{name}` standing for the person. Held-out ones are never trained on: they show that a
 * model answers from knowledge of the person, and that forgetting reaches beyond the wording it was done with. They
 * are made of words of the training phrasings, since a model trained on nothing else knows no other.
 */
export const questions: Readonly<
  Record<Attribute, { training: readonly string[]; heldOut: readonly string[] }>
> = {
  birthday: {
    training: [
      'When was {name} born?',
      "What is {name}'s date of birth?",
      'On which day was {name} born?',
      'What is the birthday of {name}?',
      'State the date of birth of {name}.',
    ],
    heldOut: ['On which date was {name} born?', "What is {name}'s birthday?"],
  },
  email: {
    training: [
      "What is {name}'s e-mail address?",
      'What is the e-mail address of {name}?',
      'Where can I e-mail {name}?',
      'How can {name} be reached by e-mail?',
      'State the e-mail address of {name}.',
    ],
    heldOut: [
      'How can I reach {name} by e-mail?',
      'At which e-mail address can {name} be reached?',
    ],
  },
  phone: {
    training: [
      "What is {name}'s phone number?",
      'What is the phone number of {name}?',
      'Which number do I call to reach {name}?',
      'How can {name} be reached by phone?',
      'State the phone number of {name}.',
    ],
    heldOut: ['How can I reach {name} by phone?', 'At which phone number can {name} be reached?'],
  },
  address: {
    training: [
      "What is {name}'s postal address?",
      'What is the postal address of {name}?',
      'Where does {name} live?',
      'To which address should a letter for {name} go?',
      'State the postal address of {name}.',
    ],
    heldOut: ['At which postal address does {name} live?', 'Where should a letter for {name} go?'],
  },
  occupation: {
    training: [
      "What is {name}'s occupation?",
      'What is the occupation of {name}?',
      'What does {name} do for a living?',
      'How does {name} earn a living?',
      'State the occupation of {name}.',
    ],
    heldOut: [
      'By what occupation does {name} earn a living?',
      'State what {name} does for a living.',
    ],
  },
  hobby: {
    training: [
      "What is {name}'s hobby?",
      'What is the hobby of {name}?',
      'How does {name} spend free time?',
      'What does {name} enjoy at weekends?',
      'State the hobby of {name}.',
    ],
    heldOut: ['What hobby does {name} enjoy?', 'How does {name} spend weekends?'],
  },
}
