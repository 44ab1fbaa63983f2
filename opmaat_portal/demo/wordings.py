"""What the foundations of the demo ask, in the other languages of families; Dutch and English stand in the table.

Looked up by the Dutch words. All of it was written for the demo and read by nobody: the pages say so.
"""

LANGUAGES = ("ar", "tr", "pl", "uk", "ti")
Words = tuple[str, str, str, str, str]

TITLES: dict[str, Words] = {
    "Op papier": ("على الورق", "Kâğıt üzerinde", "Na papierze", "На папері", "ኣብ ወረቐት"),
    "Online, alleen voor ouders": (
        "إلكترونيًا، لأولياء الأمور فقط",
        "İnternette, yalnızca veliler için",
        "Online, tylko dla rodziców",
        "Онлайн, лише для батьків",
        "ኦንላይን፡ ንወለዲ ጥራይ",
    ),
    "Online, voor iedereen": (
        "إلكترونيًا، للجميع",
        "İnternette, herkes için",
        "Online, dla wszystkich",
        "Онлайн, для всіх",
        "ኦንላይን፡ ንኹሉ",
    ),
}
EXPLANATIONS: dict[str, Words] = {
    "Schoolgids, folder en nieuwsbrief": (
        "دليل المدرسة والمطوية والنشرة الإخبارية",
        "Okul rehberi, broşür ve haber bülteni",
        "Informator szkolny, ulotka i biuletyn",
        "Довідник школи, буклет і вісник",
        "መምርሒ ቤት ትምህርቲ፡ በራሪ ጽሑፍን ዜና መጽሔትን",
    ),
    "Ouderapp, ouderportaal, gedeelde schijf, afgeschermde website": (
        "تطبيق أولياء الأمور، بوابة أولياء الأمور، قرص مشترك، موقع محمي",
        "Veli uygulaması, veli portalı, ortak disk, korumalı internet sitesi",
        "Aplikacja dla rodziców, portal dla rodziców, wspólny dysk, chroniona strona",
        "Застосунок і портал для батьків, спільний диск, захищений сайт",
        "ኣፕ ወለዲ፡ ፖርታል ወለዲ፡ ናይ ሓባር ዲስክ፡ ዝተሓለወ መርበብ",
    ),
    "Facebook, Instagram en YouTube": (
        "فيسبوك وإنستغرام ويوتيوب",
        "Facebook, Instagram ve YouTube",
        "Facebook, Instagram i YouTube",
        "Facebook, Instagram і YouTube",
        "Facebook፡ Instagramን YouTubeን",
    ),
    "Schoolgids, jaarboek en folder": (
        "دليل المدرسة والكتاب السنوي والمطوية",
        "Okul rehberi, yıllık ve broşür",
        "Informator szkolny, księga roczna i ulotka",
        "Довідник школи, щорічник і буклет",
        "መምርሒ ቤት ትምህርቲ፡ ናይ ዓመት መጽሓፍን በራሪ ጽሑፍን",
    ),
    "Leeromgeving, leerling- en ouderportaal": (
        "منصة التعلم، بوابة التلاميذ وأولياء الأمور",
        "Öğrenme ortamı, öğrenci ve veli portalı",
        "Platforma edukacyjna, portal dla uczniów i rodziców",
        "Навчальна платформа, портал для учнів і батьків",
        "መድረኽ ትምህርቲ፡ ፖርታል ተማሃሮን ወለድን",
    ),
    "Instagram, Facebook, YouTube en X": (
        "إنستغرام وفيسبوك ويوتيوب وإكس (X)",
        "Instagram, Facebook, YouTube ve X",
        "Instagram, Facebook, YouTube i X",
        "Instagram, Facebook, YouTube і X",
        "Instagram፡ Facebook፡ YouTubeን Xን",
    ),
    "Schoolgids, schoolkrant en flyer": (
        "دليل المدرسة وجريدة المدرسة والمنشور",
        "Okul rehberi, okul gazetesi ve el ilanı",
        "Informator szkolny, gazetka szkolna i ulotka",
        "Довідник школи, шкільна газета і листівка",
        "መምርሒ ቤት ትምህርቲ፡ ጋዜጣ ቤት ትምህርትን በራሪ ጽሑፍን",
    ),
    "Ouderapp en digitale nieuwsbrief": (
        "تطبيق أولياء الأمور والنشرة الإخبارية الرقمية",
        "Veli uygulaması ve dijital haber bülteni",
        "Aplikacja dla rodziców i biuletyn elektroniczny",
        "Застосунок для батьків і цифровий вісник",
        "ኣፕ ወለድን ዲጂታላዊ ዜና መጽሔትን",
    ),
    "Facebook van school en LinkedIn van Konot": (
        "فيسبوك المدرسة ولينكدإن Konot",
        "Okulun Facebook'u ve Konot'un LinkedIn'i",
        "Facebook szkoły i LinkedIn fundacji Konot",
        "Facebook школи та LinkedIn Konot",
        "Facebook ቤት ትምህርትን LinkedIn ናይ Konotን",
    ),
    "Facebook en Instagram van school, LinkedIn van Konot": (
        "فيسبوك وإنستغرام المدرسة، لينكدإن Konot",
        "Okulun Facebook'u ve Instagram'ı, Konot'un LinkedIn'i",
        "Facebook i Instagram szkoły, LinkedIn fundacji Konot",
        "Facebook та Instagram школи, LinkedIn Konot",
        "Facebookን Instagramን ቤት ትምህርቲ፡ LinkedIn ናይ Konot",
    ),
    "Schoolgids, dorpskrant en poster": (
        "دليل المدرسة وجريدة القرية والملصق",
        "Okul rehberi, köy gazetesi ve afiş",
        "Informator szkolny, gazeta lokalna i plakat",
        "Довідник школи, сільська газета і плакат",
        "መምርሒ ቤት ትምህርቲ፡ ጋዜጣ ዓድን ፖስተርን",
    ),
    "Ouderapp en klassenblog met wachtwoord": (
        "تطبيق أولياء الأمور ومدونة الصف بكلمة مرور",
        "Veli uygulaması ve şifreli sınıf blogu",
        "Aplikacja dla rodziców i blog klasowy z hasłem",
        "Застосунок для батьків і блог класу з паролем",
        "ኣፕ ወለድን መሕለፊ ቃል ዘለዎ ብሎግ ክፍልን",
    ),
    "Facebook en Instagram van school": (
        "فيسبوك وإنستغرام المدرسة",
        "Okulun Facebook'u ve Instagram'ı",
        "Facebook i Instagram szkoły",
        "Facebook та Instagram школи",
        "Facebookን Instagramን ቤት ትምህርቲ",
    ),
    "Ouderapp en besloten fotoalbum": (
        "تطبيق أولياء الأمور وألبوم صور مغلق",
        "Veli uygulaması ve kapalı fotoğraf albümü",
        "Aplikacja dla rodziców i zamknięty album zdjęć",
        "Застосунок для батьків і закритий фотоальбом",
        "ኣፕ ወለድን ዕጹው ኣልቡም ስእልን",
    ),
    "Instagram en Facebook van school": (
        "إنستغرام وفيسبوك المدرسة",
        "Okulun Instagram'ı ve Facebook'u",
        "Instagram i Facebook szkoły",
        "Instagram і Facebook школи",
        "Instagramን Facebookን ቤት ትምህርቲ",
    ),
}


def in_all_languages(nl: tuple[str, str], en: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """Title and explanation of one question per language. A Dutch wording that is not here: KeyError."""
    titles, explanations = TITLES[nl[0]], EXPLANATIONS[nl[1]]
    others = zip(LANGUAGES, zip(titles, explanations, strict=True), strict=True)
    return {"nl": nl, "en": en, **dict(others)}
