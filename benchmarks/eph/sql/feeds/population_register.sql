-- Who is being followed. A household comes on the register when its interviews begin (again) and
-- leaves it with the first round in which it is not asked; persons come and go in between.
SELECT
  name, id_number, household_no, relation, sex, born_on,
  getvariable('region') || lpad(city::VARCHAR, 3, '0') AS township_code,
  'urban' AS urban_rural,
  marital,
  CASE WHEN was_there THEN 'changed' WHEN NOT household_was_there THEN 'on_register'
       WHEN age = 0 THEN 'birth' ELSE 'moved_in' END AS change_type,
  visited_on AS changed_on
FROM timeline
WHERE quarter = getvariable('quarter')
  AND (was_there IS NOT TRUE OR relation IS DISTINCT FROM relation_before
       OR marital IS DISTINCT FROM marital_before)
UNION ALL
SELECT
  t.name, t.id_number, t.household_no, t.relation, t.sex, t.born_on,
  getvariable('region') || lpad(t.city::VARCHAR, 3, '0'),
  'urban',
  t.marital,
  'moved_out',
  getvariable('visit_day')
FROM timeline t
WHERE t.round = getvariable('round') - 1
  AND (t.next_round IS NULL OR t.next_round > getvariable('round'))
