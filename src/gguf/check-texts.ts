/**
 * Texts in which tokenizers differ, if they do. The first is the one by which llama.cpp's converter tells them apart. No ½ and the
 * like are in them, which Rust's tokenizers take for digits and JavaScript's do not; and none begins with a space, before which
 * llama.cpp puts another and the part Metaspace of tokenizer.json does not.
 *
 * Source: llama.cpp, convert_hf_to_gguf_update.py (`CHK_TXT`)
 */
export const checkTexts: readonly string[] = [
  "\n \n\n \n\n\n \t \t\t \t\n  \n   \n    \n     \n🚀 (normal) 😶\u200d🌫️ (multiple emojis concatenated) ✅ 🦙🦙 3 33 333 3333 33333 333333 3333333 33333333 3.3 3..3 3...3 កាន់តែពិសេសអាច😁 ?我想在apple工作1314151天～ ------======= нещо на Български ''''''```````\"\"\"\"......!!!!!!?????? I've been 'told he's there, 'RE you sure? 'M not sure I'll make it, 'D you like some tea? We'Ve a'lL",
  'Who wrote it? It was written in 1984, by a man called Orwell; see https://example.org/a_b?c=d#e.',
  'for (let i = 0; i < 10; i++) {\r\n\tsum += values[i] * 2.5e-3 // done\r\n}\r\n\r\n',
  'some,  double   triple spaces and a trailing one ',
  '東京は日本の首都です。 Straße, naïve café, Ελλάδα, עברית, العربية, ไทย, 한국어',
  "don't DON'T y'all'd've -- “quoted” – dashes — and… <tags> & [brackets] {braces} a+b=c $5 €6 50%",
]
