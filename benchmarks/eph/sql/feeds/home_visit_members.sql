SELECT
  'EPH' || quarter // 4 || 'Q' || (quarter % 4 + 1) || '-' || household_no AS visit_no,
  * EXCLUDE (quarter),
  family_income + other_transfers + benefit_income AS transfer_income
FROM timeline
WHERE quarter = getvariable('quarter')
