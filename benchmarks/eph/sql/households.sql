-- Household interviews: one row per household and quarter, in the words of the feed 入户调查.
SELECT
  'E' || key(CODUSU) || '-' || key(NRO_HOGAR) AS household_no,
  code(ANO4) * 4 + code(TRIMESTRE) - 1 AS quarter,
  code(AGLOMERADO) AS city,
  told_income(ITF, DECIFR, DECCFR) AS income_month,
  counted(IX_TOT, 40) AS members,
  CASE WHEN length(trim(IDIMPH)) = 5 THEN IDIMPH <> '00000' END AS income_estimated,
  CASE WHEN code(VII1_1) = 96 THEN true WHEN code(VII1_1) BETWEEN 1 AND 97 THEN false END
    AS domestic_help,
  yes(V13) AS savings_spent,
  yes(V14) AS borrowed_family,
  yes(V15) AS borrowed_bank,
  yes(V17) AS sold_belongings,
  coalesce(yes(V6) OR yes(V7), yes(V6), yes(V7)) AS goods_aid,
  yes(V5) AS cash_aid,
  yes(V16) AS instalments,
  yes(V12) AS family_help,
  coalesce(yes(V19_A) AND yes(V19_B), yes(V19_A)) AS child_work,
  yes(V19_B) AS begging,
  CASE WHEN code(II7) IN (1, 8) THEN 'owned' WHEN code(II7) = 3 THEN 'rented'
       WHEN code(II7) IN (4, 5, 6) THEN 'borrowed' WHEN code(II7) IN (2, 7, 9) THEN 'other' END
    AS tenure,
  CASE code(IV1) WHEN 1 THEN 'house' WHEN 2 THEN 'flat' WHEN 3 THEN 'other' WHEN 4 THEN 'other'
    WHEN 5 THEN 'makeshift' WHEN 6 THEN 'makeshift' END AS dwelling,
  CASE code(IV3) WHEN 1 THEN 'finished' WHEN 2 THEN 'cement' WHEN 3 THEN 'earth'
    WHEN 4 THEN 'other' END AS floor,
  CASE WHEN code(IV4) IN (1, 2) THEN 'slab' WHEN code(IV4) = 3 THEN 'tile'
       WHEN code(IV4) = 4 THEN 'sheet' WHEN code(IV4) IN (5, 6) THEN 'other'
       WHEN code(IV4) = 7 THEN 'thatch' WHEN code(IV4) = 9 THEN 'unknown' END AS roof,
  CASE code(IV6) WHEN 1 THEN 'indoor' WHEN 2 THEN 'yard' WHEN 3 THEN 'outside' END AS water,
  CASE WHEN code(IV8) = 2 THEN 'none' WHEN code(IV9) = 1 AND code(IV10) = 1 THEN 'flush'
       WHEN code(IV9) IN (1, 2, 3) THEN 'latrine' END AS toilet,
  CASE code(IV11) WHEN 1 THEN 'sewer' WHEN 2 THEN 'septic' WHEN 3 THEN 'pit' WHEN 4 THEN 'hole' END
    AS drain,
  CASE WHEN code(II9) = 1 THEN false WHEN code(II9) IN (2, 3) THEN true END AS toilet_shared,
  CASE code(II8) WHEN 1 THEN 'piped' WHEN 2 THEN 'bottled' WHEN 3 THEN 'wood' WHEN 4 THEN 'other' END
    AS fuel,
  counted(II1, 60) AS rooms,
  counted(II2, 60) AS bedrooms,
  CASE WHEN 1 IN (code(IV12_1), code(IV12_2), code(IV12_3)) THEN true
       WHEN code(IV12_1) = 2 AND code(IV12_2) = 2 AND code(IV12_3) = 2 THEN false END AS hazard_site
FROM raw_households
WHERE code(ANO4) BETWEEN 1974 AND 2100 AND code(TRIMESTRE) BETWEEN 1 AND 4
  AND key(CODUSU) <> '' AND key(NRO_HOGAR) <> ''
QUALIFY row_number() OVER (PARTITION BY household_no, quarter ORDER BY income_month DESC) = 1
