/**
 * What a search of `golden.nearkin` answered when version 0.1.0 wrote it: 60 rows of 8 dimensions in 4 partitions, 4-bit
 * codes and int8 rows.
 */
export const goldenAnswers = [
  [
    { id: 'photo 47', score: 0.5499113202095032 },
    { id: 'photo 26', score: 0.5111545920372009 },
    { id: 'photo 3', score: 0.4731667935848236 },
  ],
  [
    { id: 'photo 42', score: 0.9522231221199036 },
    { id: 'photo 13', score: 0.9450076818466187 },
    { id: 'photo 5', score: 0.9446923136711121 },
  ],
  [
    { id: 'photo 26', score: 0.8518547415733337 },
    { id: 'photo 47', score: 0.8303759694099426 },
    { id: 'photo 32', score: 0.7724123597145081 },
  ],
  [
    { id: 'photo 49', score: 0.9035264849662781 },
    { id: 'photo 35', score: 0.8663163781166077 },
    { id: 'photo 10', score: 0.8524200320243835 },
  ],
];
