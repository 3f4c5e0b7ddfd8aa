-- Members in school, and those under 25 who have left it. Fees and aid items are not asked.
SELECT
  id_number,
  stage,
  years_passed AS grade_no,
  CASE WHEN attends_school THEN 'enrolled' WHEN stage_finished THEN 'graduated' ELSE 'dropped' END
    AS status,
  visited_on AS recorded_on
FROM timeline
WHERE quarter = getvariable('quarter') AND stage IS NOT NULL
  AND (attends_school OR (age < 25 AND NOT attends_school AND stage_finished IS NOT NULL))
