-- Work, joblessness, pensions and medical cover as told at the interview.
WITH now AS (SELECT * FROM timeline WHERE quarter = getvariable('quarter'))
SELECT
  id_number,
  'contribution' AS record_type,
  nullif(main_income, 0) AS amount,
  CASE WHEN job_public THEN 'public' WHEN NOT job_public THEN 'enterprise' END AS employer_kind,
  NULL::DATE AS ended_on,
  visited_on AS started_on
FROM now WHERE job_insured
UNION ALL
SELECT id_number, 'employed', NULL,
  CASE WHEN job_kind <> 'employee' THEN 'flexible' WHEN job_public THEN 'public'
       WHEN NOT job_public THEN 'enterprise' END,
  NULL, visited_on
FROM now WHERE activity = 'employed' AND job_insured IS NOT TRUE
UNION ALL
SELECT id_number, 'stopped', NULL, NULL, NULL, visited_on
FROM now WHERE insured_before AND activity IS NOT NULL AND job_insured IS NOT TRUE
UNION ALL
SELECT id_number, 'unemployed', NULL, NULL, NULL, visited_on
FROM now WHERE activity = 'unemployed'
UNION ALL
SELECT id_number, 'benefit', benefit_income, NULL, NULL, visited_on
FROM now WHERE benefit_income > 0
UNION ALL
SELECT id_number, 'pension', pension_income, NULL, NULL, visited_on
FROM now WHERE pension_income > 0
UNION ALL
SELECT id_number, 'pension', 0, NULL, visited_on, visited_on
FROM now WHERE pension_income = 0 AND pension_before > 0
UNION ALL
-- Cover is known for the quarter of the interview only.
SELECT id_number, 'resident_medical', NULL, NULL, getvariable('quarter_end'), visited_on
FROM now WHERE health_cover = 'yes' AND job_insured IS NOT TRUE
