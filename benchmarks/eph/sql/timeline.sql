-- Every interview of a person with what the one before said; the base of all person records.
WITH rounds AS (
  SELECT quarter, row_number() OVER (ORDER BY quarter) AS round
  FROM (SELECT DISTINCT quarter FROM persons)
), seen AS (
  SELECT DISTINCT household_no, round FROM persons JOIN rounds USING (quarter)
)
SELECT
  p.*,
  i.id_number,
  i.name,
  i.born_on,
  r.round,
  make_date(p.quarter // 4, (p.quarter % 4) * 3 + 2, 15) AS visited_on,
  s.round IS NOT NULL AS household_was_there,
  -- Before: only when the person was interviewed in the round just before this one.
  lag(r.round) OVER person = r.round - 1 AS was_there,
  lag(p.relation) OVER person AS relation_before,
  lag(p.marital) OVER person AS marital_before,
  lag(p.job_insured) OVER person AS insured_before,
  lag(p.pension_income) OVER person AS pension_before,
  lead(r.round) OVER person AS next_round
FROM persons p
JOIN people i USING (household_no, member)
JOIN rounds r USING (quarter)
LEFT JOIN seen s ON s.household_no = p.household_no AND s.round = r.round - 1
WINDOW person AS (PARTITION BY p.household_no, p.member ORDER BY p.quarter)
