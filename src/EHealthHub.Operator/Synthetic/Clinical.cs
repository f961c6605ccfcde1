namespace EHealthHub.Operator.Synthetic;

/// <summary>A diagnosis by ICD-10, whom it befalls, and what is prescribed for it.</summary>
/// <param name="Code">ICD-10.</param>
/// <param name="Turkish">Display in Turkish.</param>
/// <param name="English">Display in English.</param>
/// <param name="AgeMin">Youngest age in years.</param>
/// <param name="AgeMax">Oldest age in years.</param>
/// <param name="Sex">F, M, or a space for both.</param>
/// <param name="PerMille">Chronic: how many of a thousand people past the middle of the age range have it. Acute: weight.</param>
/// <param name="Drugs">ATC codes.</param>
internal sealed record Diagnosis(string Code, string Turkish, string English, int AgeMin, int AgeMax, char Sex, int PerMille, string[] Drugs);

/// <summary>A medicine by ATC.</summary>
internal sealed record Drug(string Code, string Turkish, string English, string Dose, string Unit, int TimesADay, int Days);

/// <summary>A measurement by LOINC, in UCUM units; values are whole numbers of its last decimal place.</summary>
/// <param name="Code">LOINC.</param>
/// <param name="Display">LOINC's name.</param>
/// <param name="Unit">UCUM.</param>
/// <param name="Decimals">Digits after the point, always all written.</param>
/// <param name="Low">Lower reference limit.</param>
/// <param name="High">Upper reference limit.</param>
internal sealed record Measurement(string Code, string Display, string Unit, int Decimals, int Low, int High);

/// <summary>A dose of the schedule.</summary>
internal sealed record Vaccine(string Code, string Turkish, string English, int[] Months);

/// <summary>What happens to the made-up patients. A small picture of a population, not epidemiology.</summary>
internal static class Clinical
{
    public static readonly Diagnosis[] Chronic =
    [
        new("I10", "Esansiyel (primer) hipertansiyon", "Essential (primary) hypertension", 35, 110, ' ', 420, ["C09AA05", "C08CA01", "C09CA03"]),
        new("E11.9", "Tip 2 diyabetes mellitus, komplikasyonsuz", "Type 2 diabetes mellitus without complications", 35, 110, ' ', 210, ["A10BA02", "A10BB09"]),
        new("E78.5", "Hiperlipidemi, tanımlanmamış", "Hyperlipidaemia, unspecified", 35, 110, ' ', 260, ["C10AA05"]),
        new("I25.1", "Aterosklerotik kalp hastalığı", "Atherosclerotic heart disease", 50, 110, ' ', 140, ["B01AC06", "C07AB07", "C10AA05"]),
        new("J45.9", "Astım, tanımlanmamış", "Asthma, unspecified", 4, 110, ' ', 75, ["R03AC02", "R03BA02"]),
        new("J44.9", "Kronik obstrüktif akciğer hastalığı, tanımlanmamış", "Chronic obstructive pulmonary disease, unspecified", 50, 110, ' ', 90, ["R03BB04", "R03AC02"]),
        new("E03.9", "Hipotiroidi, tanımlanmamış", "Hypothyroidism, unspecified", 20, 110, 'F', 120, ["H03AA01"]),
        new("D50.9", "Demir eksikliği anemisi, tanımlanmamış", "Iron deficiency anaemia, unspecified", 12, 55, 'F', 160, ["B03AA07"]),
        new("M81.9", "Osteoporoz, tanımlanmamış", "Osteoporosis, unspecified", 55, 110, 'F', 170, ["A12AX"]),
        new("N40", "Prostat hiperplazisi", "Hyperplasia of prostate", 55, 110, 'M', 220, ["G04CA02"]),
        new("F32.9", "Depresif nöbet, tanımlanmamış", "Depressive episode, unspecified", 18, 90, ' ', 70, ["N06AB04"]),
        new("K21.9", "Özofajitsiz gastroözofageal reflü hastalığı", "Gastro-oesophageal reflux disease without oesophagitis", 25, 90, ' ', 110, ["A02BC02"]),
        new("M17.9", "Gonartroz, tanımlanmamış", "Gonarthrosis, unspecified", 50, 110, ' ', 150, ["M01AE01"]),
        new("B18.1", "Kronik viral hepatit B", "Chronic viral hepatitis B", 25, 80, ' ', 25, ["J05AF10"]),
    ];

    public static readonly Diagnosis[] Acute =
    [
        new("J06.9", "Akut üst solunum yolu enfeksiyonu, tanımlanmamış", "Acute upper respiratory infection, unspecified", 0, 110, ' ', 180, ["N02BE01"]),
        new("J02.9", "Akut farenjit, tanımlanmamış", "Acute pharyngitis, unspecified", 2, 80, ' ', 100, ["N02BE01", "M01AE01"]),
        new("J03.9", "Akut tonsillit, tanımlanmamış", "Acute tonsillitis, unspecified", 2, 45, ' ', 70, ["J01CA04", "N02BE01"]),
        new("J20.9", "Akut bronşit, tanımlanmamış", "Acute bronchitis, unspecified", 0, 110, ' ', 60, ["R05CB01"]),
        new("H66.9", "Otitis media, tanımlanmamış", "Otitis media, unspecified", 0, 12, ' ', 90, ["J01CR02"]),
        new("A09", "Enfeksiyöz gastroenterit ve kolit", "Infectious gastroenteritis and colitis", 0, 110, ' ', 70, ["A07CA"]),
        new("N39.0", "İdrar yolu enfeksiyonu, yeri tanımlanmamış", "Urinary tract infection, site not specified", 3, 110, 'F', 80, ["J01XX01"]),
        new("M54.5", "Bel ağrısı", "Low back pain", 18, 90, ' ', 110, ["M01AE01", "M03BX05"]),
        new("K29.7", "Gastrit, tanımlanmamış", "Gastritis, unspecified", 15, 90, ' ', 60, ["A02BC02"]),
        new("L20.9", "Atopik dermatit, tanımlanmamış", "Atopic dermatitis, unspecified", 0, 40, ' ', 40, ["D07AC01"]),
        new("G43.9", "Migren, tanımlanmamış", "Migraine, unspecified", 12, 65, ' ', 45, ["N02CC01"]),
        new("H10.9", "Konjonktivit, tanımlanmamış", "Conjunctivitis, unspecified", 0, 80, ' ', 35, ["S01AA12"]),
        new("S93.4", "Ayak bileği burkulması", "Sprain and strain of ankle", 6, 75, ' ', 40, ["M01AE01"]),
        new("T78.4", "Alerji, tanımlanmamış", "Allergy, unspecified", 1, 80, ' ', 35, ["R06AE07"]),
        new("Z00.0", "Genel tıbbi muayene", "General medical examination", 18, 110, ' ', 90, []),
        new("Z00.1", "Rutin çocuk sağlığı muayenesi", "Routine child health examination", 0, 17, ' ', 140, []),
        new("Z34.9", "Normal gebelik gözetimi, tanımlanmamış", "Supervision of normal pregnancy, unspecified", 19, 43, 'F', 60, ["B03BB01"]),
        new("U07.1", "COVID-19, virüs tanımlanmış", "COVID-19, virus identified", 0, 110, ' ', 30, ["N02BE01"]),
    ];

    public static readonly IReadOnlyDictionary<string, Drug> Drugs = new Drug[]
    {
        new("C09AA05", "Ramipril", "Ramipril", "5.0", "mg", 1, 90), new("C08CA01", "Amlodipin", "Amlodipine", "5.0", "mg", 1, 90),
        new("C09CA03", "Valsartan", "Valsartan", "160", "mg", 1, 90), new("A10BA02", "Metformin", "Metformin", "1000", "mg", 2, 90),
        new("A10BB09", "Gliklazid", "Gliclazide", "30", "mg", 1, 90), new("C10AA05", "Atorvastatin", "Atorvastatin", "20.0", "mg", 1, 90),
        new("B01AC06", "Asetilsalisilik asit", "Acetylsalicylic acid", "100", "mg", 1, 90), new("C07AB07", "Bisoprolol", "Bisoprolol", "2.50", "mg", 1, 90),
        new("R03AC02", "Salbutamol", "Salbutamol", "0.10", "mg", 4, 30), new("R03BA02", "Budesonid", "Budesonide", "0.20", "mg", 2, 60),
        new("R03BB04", "Tiotropyum bromür", "Tiotropium bromide", "0.018", "mg", 1, 60), new("H03AA01", "Levotiroksin sodyum", "Levothyroxine sodium", "0.050", "mg", 1, 90),
        new("B03AA07", "Demir sülfat", "Ferrous sulfate", "80", "mg", 1, 60), new("A12AX", "Kalsiyum, D vitamini kombinasyonu", "Calcium, combinations with vitamin D", "1", "{tbl}", 1, 90),
        new("G04CA02", "Tamsulosin", "Tamsulosin", "0.40", "mg", 1, 90), new("N06AB04", "Sitalopram", "Citalopram", "20.0", "mg", 1, 60),
        new("A02BC02", "Pantoprazol", "Pantoprazole", "40", "mg", 1, 28), new("M01AE01", "İbuprofen", "Ibuprofen", "400", "mg", 3, 5),
        new("J05AF10", "Entekavir", "Entecavir", "0.50", "mg", 1, 90), new("N02BE01", "Parasetamol", "Paracetamol", "500", "mg", 3, 5),
        new("J01CA04", "Amoksisilin", "Amoxicillin", "1000", "mg", 2, 7), new("R05CB01", "Asetilsistein", "Acetylcysteine", "600", "mg", 1, 7),
        new("J01CR02", "Amoksisilin ve enzim inhibitörü", "Amoxicillin and enzyme inhibitor", "400", "mg", 2, 7), new("A07CA", "Oral rehidratasyon tuzu", "Oral rehydration salt formulations", "1", "{sachet}", 4, 3),
        new("J01XX01", "Fosfomisin", "Fosfomycin", "3.0", "g", 1, 1), new("M03BX05", "Tiyokolşikosid", "Thiocolchicoside", "4.0", "mg", 2, 5),
        new("D07AC01", "Betametazon", "Betamethasone", "1", "{application}", 2, 10), new("N02CC01", "Sumatriptan", "Sumatriptan", "50", "mg", 1, 3),
        new("S01AA12", "Tobramisin", "Tobramycin", "1", "[drp]", 4, 7), new("R06AE07", "Setirizin", "Cetirizine", "10.0", "mg", 1, 10),
        new("B03BB01", "Folik asit", "Folic acid", "0.40", "mg", 1, 90),
    }.ToDictionary(d => d.Code, StringComparer.Ordinal);

    public static readonly Measurement[] Blood =
    [
        new("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 1, 120, 165), new("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*3/uL", 2, 400, 1_050),
        new("777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", 0, 150, 400), new("4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count", "%", 1, 360, 500),
        new("787-2", "MCV [Entitic mean volume] in Red Blood Cells by Automated count", "fL", 1, 800, 970),
    ];

    public static readonly Measurement[] Chemistry =
    [
        new("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 0, 70, 105), new("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 2, 50, 120),
        new("3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "mg/dL", 1, 60, 200), new("1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 0, 5, 41),
        new("2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L", 0, 136, 145), new("2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 2, 350, 510),
        new("1988-5", "C reactive protein [Mass/volume] in Serum or Plasma", "mg/L", 2, 0, 500),
    ];

    public static readonly Measurement[] Lipids =
    [
        new("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", 0, 120, 200), new("2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "mg/dL", 0, 40, 150),
        new("2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "mg/dL", 0, 40, 60), new("13457-7", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation", "mg/dL", 0, 60, 130),
    ];

    public static readonly Measurement GlycatedHaemoglobin = new("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", 1, 40, 60);

    public static readonly Measurement Thyrotropin = new("3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "m[IU]/L", 3, 270, 4_200);

    public static readonly Vaccine[] Schedule =
    [
        new("08", "Hepatit B aşısı, çocuk", "Hep B, adolescent or pediatric", [0, 1, 6]), new("19", "BCG aşısı", "BCG", [2]),
        new("120", "DaBT-İPA-Hib (beşli karma) aşısı", "DTaP-Hib-IPV", [2, 4, 6, 18]), new("133", "Konjuge pnömokok aşısı (KPA-13)", "Pneumococcal conjugate PCV 13", [2, 4, 12]),
        new("03", "Kızamık-kızamıkçık-kabakulak aşısı", "MMR", [12, 48]), new("21", "Suçiçeği aşısı", "varicella", [12]),
        new("83", "Hepatit A aşısı, çocuk", "Hep A, ped/adol, 2 dose", [18, 24]), new("09", "Erişkin tipi difteri-tetanoz aşısı", "Td (adult), 2 Lf tetanus toxoid, preservative free, adsorbed", [156]),
    ];

    public static readonly Vaccine Influenza = new("158", "Mevsimsel grip aşısı", "influenza, injectable, quadrivalent, contains preservative", []);

    public static readonly (string Code, string Turkish, string English)[] Procedures =
    [
        ("11524-6", "Elektrokardiyografi", "EKG study"), ("36643-5", "Akciğer grafisi, iki yön", "XR Chest 2 Views"), ("24606-6", "Mamografi taraması", "MG Breast Screening"), ("18746-8", "Kolonoskopi", "Colonoscopy study"),
        ("19879-6", "Tüm batın ultrasonografisi", "US Abdomen"),
    ];

    public static readonly (string? Atc, string Turkish, string English, string Category, string ReactionTurkish)[] Allergies =
    [
        ("J01C", "Penisilinler", "Beta-lactam antibacterials, penicillins", "medication", "Deri döküntüsü"), ("M01A", "Nonsteroid antiinflamatuvarlar", "Antiinflammatory and antirheumatic products, non-steroids", "medication", "Anjiyoödem"),
        (null, "Yer fıstığı", "Peanut", "food", "Ürtiker"), (null, "Çimen poleni", "Grass pollen", "environment", "Alerjik rinit"), (null, "Yumurta akı", "Egg white", "food", "Egzama alevlenmesi"), (null, "Arı zehri", "Bee venom", "environment", "Anafilaksi"),
    ];
}
