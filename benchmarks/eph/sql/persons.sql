-- Person interviews: one row per person and quarter, in the words of the feed 入户调查成员.
SELECT
  'E' || key(CODUSU) || '-' || key(NRO_HOGAR) AS household_no,
  coalesce(code(COMPONENTE), 0) AS member,
  code(ANO4) * 4 + code(TRIMESTRE) - 1 AS quarter,
  code(AGLOMERADO) AS city,
  told_income(ITF, DECIFR, DECCFR) AS household_income,
  CASE code(CH03) WHEN 1 THEN 'head' WHEN 2 THEN 'spouse' WHEN 3 THEN 'child'
    WHEN 5 THEN 'grandchild' WHEN 6 THEN 'parent' WHEN 8 THEN 'sibling'
    WHEN 4 THEN 'other' WHEN 7 THEN 'other' WHEN 9 THEN 'other' WHEN 10 THEN 'other' END AS relation,
  CASE code(CH04) WHEN 1 THEN 'male' WHEN 2 THEN 'female' END AS sex,
  CASE WHEN code(CH06) BETWEEN -1 AND 120 THEN greatest(code(CH06), 0) END AS age,
  CASE code(CH07) WHEN 1 THEN 'married' WHEN 2 THEN 'married' WHEN 3 THEN 'divorced'
    WHEN 4 THEN 'widowed' WHEN 5 THEN 'single' END AS marital,
  CASE code(CH10) WHEN 1 THEN true WHEN 2 THEN false WHEN 3 THEN false END AS attends_school,
  CASE WHEN code(CH10) = 1 AND code(CH11) IN (1, 2) THEN code(CH11) = 2 END AS private_school,
  CASE code(NIVEL_ED) WHEN 7 THEN 'none' WHEN 1 THEN 'primary_part' WHEN 2 THEN 'primary'
    WHEN 3 THEN CASE WHEN code(CH12) = 3 AND code(CH13) = 1 THEN 'junior'
      WHEN code(CH12) = 5 OR code(CH14) BETWEEN 3 AND 7 THEN 'senior_part' ELSE 'junior_part' END
    WHEN 4 THEN 'senior' WHEN 5 THEN 'tertiary_part' WHEN 6 THEN 'tertiary' END AS schooling,
  CASE WHEN code(CH10) IN (1, 2) THEN CASE code(CH12) WHEN 1 THEN 'preschool' WHEN 2 THEN 'primary'
    WHEN 3 THEN CASE WHEN code(CH14) BETWEEN 6 AND 9 THEN 'junior' ELSE 'primary' END
    WHEN 4 THEN CASE WHEN code(CH14) BETWEEN 3 AND 9 THEN 'senior' ELSE 'junior' END
    WHEN 5 THEN 'senior' WHEN 6 THEN 'college' WHEN 7 THEN 'university' WHEN 8 THEN 'university'
    END END AS stage,
  CASE WHEN code(CH14) BETWEEN 0 AND 12 THEN code(CH14) END AS years_passed,
  yes(CH13) AS stage_finished,
  CASE code(ESTADO) WHEN 1 THEN 'employed' WHEN 2 THEN 'unemployed' WHEN 3 THEN 'inactive'
    WHEN 4 THEN 'child' END AS activity,
  CASE WHEN code(ESTADO) IN (3, 4) THEN CASE code(CAT_INAC) WHEN 1 THEN 'retired' WHEN 2 THEN 'rentier'
    WHEN 3 THEN 'student' WHEN 4 THEN 'home' WHEN 5 THEN 'preschool' WHEN 6 THEN 'disabled'
    WHEN 7 THEN 'other' END END AS inactive_kind,
  CASE WHEN code(ESTADO) = 1 THEN CASE code(CAT_OCUP) WHEN 1 THEN 'employer' WHEN 2 THEN 'own_account'
    WHEN 3 THEN 'employee' WHEN 4 THEN 'family_worker' END END AS job_kind,
  CASE WHEN code(ESTADO) = 1 AND code(CAT_OCUP) = 3 THEN yes(PP07H) END AS job_insured,
  CASE WHEN code(ESTADO) = 1 THEN CASE code(PP04A) WHEN 1 THEN true WHEN 2 THEN false
    WHEN 3 THEN false END END AS job_public,
  CASE WHEN code(ESTADO) = 1 THEN yes(PP04B1) END AS job_domestic,
  -- Tenure is asked in six steps; each stands for about its middle.
  CASE WHEN code(ESTADO) = 1 THEN list_extract([0, 2, 4, 9, 36, 120],
    CASE WHEN code(PP07A) BETWEEN 1 AND 6 THEN code(PP07A)
         WHEN code(PP05H) BETWEEN 1 AND 6 THEN code(PP05H) END) END AS job_tenure_months,
  CASE WHEN code(ESTADO) = 1 THEN CASE code(INTENSI) WHEN 1 THEN true WHEN 2 THEN false
    WHEN 3 THEN false WHEN 4 THEN false WHEN 5 THEN false END END AS under_employed,
  CASE WHEN code(ESTADO) = 1 THEN amount(P21) END AS main_income,
  amount(TOT_P12) AS other_job_income,
  amount(V2_M) AS pension_income,
  amount(V4_M) AS benefit_income,
  amount(V5_M) AS aid_income,
  amount(V8_M) + coalesce(amount(V9_M), 0) + coalesce(amount(V10_M), 0) AS property_income,
  amount(V12_M) AS family_income,
  amount(V3_M) + coalesce(amount(V11_M), 0) + coalesce(amount(V18_M), 0) AS other_transfers,
  amount(P47T) AS total_income,
  CASE WHEN code(CH08) = 4 THEN 'no' WHEN code(CH08) IN (1, 2, 3, 12, 13, 23, 123) THEN 'yes' END
    AS health_cover
FROM raw_persons
WHERE code(ANO4) BETWEEN 1974 AND 2100 AND code(TRIMESTRE) BETWEEN 1 AND 4
  AND key(CODUSU) <> '' AND key(NRO_HOGAR) <> ''
QUALIFY row_number() OVER (PARTITION BY household_no, quarter, member ORDER BY age) = 1
