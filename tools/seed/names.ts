/** Names from several languages and scripts, because lists and search have to handle all of them. */
export const FIRST_NAMES = (
  'Ada Aisha Alejandro Amara Anders Aroha Ayşe Björn Carlos Chiara Chinedu Claire Daan Deepa Dmitri ' +
  'Élise Emeka Emma Fatima Finn Freya Giulia Grace Hana Hassan Hiroshi Imani Inés Ivan Jakub Jamal ' +
  'Jasmine João Kofi Kwame Lars Leila Liam Lucía Łukasz Mai Mateo Mei Mohammed Nadia Ngozi Niamh ' +
  'Noah Olga Omar Priya Rafael Ravi Sakura Sanne Siobhán Sofia Søren Tariq Thandi Tomás Uma Viktor ' +
  'Wei Xin Yara Yusuf Zoë 美咲 太郎 志明 محمد ليلى Мария Алексей Ελένη'
).split(' ');

export const LAST_NAMES = (
  "Adeyemi Ahmed Andersson Bakker Bauer Bianchi Chen Costa Da_Silva Delgado Demir Dubois Eriksen O'Brien " +
  'Ferrari Fischer García González Haddad Hansen Ibrahim Ivanova Jansen Johnson Kamau Kaya Khan Kim ' +
  'Kowalski Kumar Larsen Le_Roux Lopes Maier Martínez Mbeki Moreau Müller Nakamura Ndlovu Nguyen ' +
  'Novák Nwosu Okafor Oliveira Papadopoulos Patel Petrov Popescu Quinn Rossi Sánchez Sato Schmidt ' +
  'Sharma Silva Singh Smith Svensson Takahashi Tan Traoré Van_den_Berg Weber Williams Wójcik Yılmaz ' +
  'Zhang 田中 佐藤 王 الأحمد Смирнова Παππάς'
)
  .split(' ')
  .map((name) => name.replaceAll('_', ' '));

/** Reserved for examples and tests (RFC 2606): no mail of a seeded user reaches a person. */
export const DOMAINS = ['example.com', 'example.net', 'example.org', 'mail.test', 'school.test'];

export const USER_AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
];

export const BAN_REASONS = ['Spam', 'Payment failed', 'Broke the terms of use', null];
