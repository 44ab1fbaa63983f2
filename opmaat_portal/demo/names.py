"""Made-up names, as they stand in Dutch registers: written by hand, drawn by the loader.

A surname in lower case before its first capital is a prefix ("van der Meer"). "Kowalski/Kowalska" is the form for
a man and for a woman.
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Heritage:
    """Names that go together; `language` is the one that is spoken at home, `weight` how many families in 100."""

    language: str
    weight: int
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    surnames: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


DUTCH = Heritage(
    "nl",
    58,
    _words(
        "Emma Julia Mila Tess Sophie Zoë Sara Nora Yara Eva Lotte Evi Noor Saar Liv Fleur Anna Olivia Lieke Nina Maud "
        "Isa Roos Fenna Elin Lynn Jasmijn Femke Loïs Amélie Vera Bo Puck Hanna Linde Sterre Pippa Renée Doutzen Rosalie"
    ),
    _words(
        "Noah Lucas Sem Daan Levi Finn Liam Milan Luuk Bram Mees Sam Thijs Jesse Thomas Lars Ties Teun Gijs Guus Siem "
        "Jurre Hugo Stijn Tijn Boaz Mats Jelle Abel Floris Pim Joep Sjoerd Daniël Tobias Maël Raf Cas Wout Hidde"
    ),
    _words(
        "Marieke Sanne Linda Kim Esther Femke Marloes Ilse Anouk Wendy Mirjam Karin Petra Nienke Judith Daniëlle Inge "
        "Renske Ellen Saskia Chantal Hanneke Loes Monique Eline Maaike Annemiek Manon Bianca Rianne"
    ),
    _words(
        "Jeroen Bas Mark Dennis Erik Martijn Rob Sander Peter Wouter Rik Joost Maarten Frank Stefan Ruud Niels Tim Paul "
        "Koen André Hans Marcel Patrick Arjan Roel Vincent Menno Gert-Jan Freek"
    ),
    _parts(
        "de Jong, Jansen, de Vries, van den Berg, van Dijk, Bakker, Janssen, Visser, Smit, Meijer, de Boer, Mulder, "
        "de Groot, Bos, Vos, Peters, Hendriks, van Leeuwen, Dekker, Brouwer, de Wit, Dijkstra, Smits, de Graaf, "
        "van der Meer, van der Linden, Kok, Jacobs, van Vliet, van den Heuvel, Schouten, van Beek, Willems, Vermeulen, "
        "Hoekstra, Koster, Prins, Verhoeven, Blom, Huisman, Peeters, van Loon, Kuipers, Postma, Martens, van Doorn, "
        "in 't Veld, ter Horst, op den Kamp, van 't Hof, Coppens, Verschuren, de Rooij, van Gestel, Brabers, Maas"
    ),
)
TURKISH = Heritage(
    "tr",
    10,
    _words("Elif Zeynep Defne Ecrin Azra Ebrar Nisa Hiranur Ayşe Büşra Ela Sümeyye Gülnaz İpek Çağla Beyza"),
    _words(
        "Emir Kerem Yusuf Ömer Mert Çağan Eymen İbrahim Yiğit Umut Göktuğ Alperen Tuğra Deniz Hüseyin Barış"
    ),
    _words("Ayşe Fatma Emine Hatice Özlem Songül Şeyma Gül Derya Tuğba Yıldız Sevgi Nurgül Filiz"),
    _words("Mehmet Mustafa Ahmet Ali Hüseyin Hasan İsmail Osman Murat Ömer Uğur Serkan Özgür Çetin"),
    _words(
        "Yılmaz Şahin Öztürk Çelik Aydın Yıldız Kılıç Doğan Koç Özdemir Güneş Arslan Bozkurt Çakır Ünal Gündoğdu"
    ),
)
ARABIC = Heritage(
    "ar",
    12,
    _words(
        "Amira Lina Salma Nour Yasmine Hiba Maryam Aya Fatima-Zahra Rania Sahar Ghada Malak Inès Douâa Sirine"
    ),
    _words(
        "Youssef Omar Adam Ilyas Zakaria Ayoub Bilal Karim Hamza Anas Idris Mohammed-Amin Soufiane Tarik Rayan Walid"
    ),
    _words("Khadija Naima Samira Hanan Rachida Malika Souad Latifa Nadia Loubna Ibtissam Rasha Hala Ghaya"),
    _words(
        "Mohammed Abdelkader Rachid Hassan Said Driss Khalid Mustapha Nabil Tarek Bassam Ghassan Anwar Redouan"
    ),
    _parts(
        "el Amrani, el Idrissi, Haddad, al Masri, Benali, Bouzidi, el Khattabi, Ben Said, Khalil, Najjar, Darwish, "
        "Aït Lahcen, el Yousfi, Chaouch, al Hassan, Bouchaïb"
    ),
)
POLISH = Heritage(
    "pl",
    8,
    _words("Zofia Zuzanna Małgorzata Łucja Pola Oliwia Gabriela Kinga Hania Wiktoria Róża Bronisława"),
    _words("Łukasz Michał Paweł Jakub Szymon Stanisław Wojciech Błażej Kacper Mikołaj Jędrzej Franciszek"),
    _words("Agnieszka Katarzyna Małgorzata Joanna Beata Elżbieta Grażyna Iwona Justyna Ołena"),
    _words("Krzysztof Piotr Grzegorz Łukasz Tomasz Mariusz Sławomir Radosław Paweł Zbigniew"),
    _parts(
        "Kowalski/Kowalska, Wiśniewski/Wiśniewska, Wójcik, Dąbrowski/Dąbrowska, Łuczak, Woźniak, Nowak, Król, "
        "Zieliński/Zielińska, Wróbel, Żak, Jabłoński/Jabłońska, Święcicki/Święcicka"
    ),
)
UKRAINIAN = Heritage(
    "uk",
    5,
    _words("Solomiia Zlata Sofiia Mar’yana Daryna Yeva Oksana Polina Veronika Yaryna"),
    _words("Danylo Oleksandr Taras Yaroslav Maksym Bohdan Ostap Ivan Nazar Tymofiy"),
    _words("Olena Kateryna Svitlana Nataliia Iryna Oksana Tetyana Liubov Halyna"),
    _words("Andriy Mykola Serhiy Vasyl Volodymyr Oleh Ihor Petro Dmytro"),
    _words(
        "Shevchenko Kovalenko Bondarenko Tkachenko Melnyk Boyko Kravchuk Lysenko Solov’yov Hrytsenko Zayets"
    ),
)
TIGRINYA = Heritage(
    "ti",
    4,
    _words("Selam Rahel Feven Luwam Winta Hermon Saba Yordanos Bethlehem Milena Eyerusalem Delina"),
    _words("Yonas Filmon Natnael Abel Robel Henok Simon Nahom Yafet Amanuel Mikal Esey"),
    _words("Letebrhan Almaz Tsehaynesh Mihret Freweini Senait Abrehet Ghenet Zaid Lemlem"),
    _words("Tesfay Habtom Kidane Berhane Mehari Araya Fissehaye Ghirmay Okbay Tekle"),
    _words(
        "Gebremedhin Tekle Weldegebriel Habtemariam Haile Ghebreab Tesfazghi Kiflom Abraha Mebrahtu Zerai"
    ),
)
ELSEWHERE = Heritage(
    "en",
    3,
    _words("Priya Chloé Ama Grace Aoife Mei Thảo Siobhán"),
    _words("Arjun Oisín Kwame Ethan Kofi Rohan José Minh"),
    _words("Sunita Mary Abena Siân Ngozi Lakshmi"),
    _words("Rajesh Seán Kwabena David Chukwuma Anil"),
    _parts("Patel, O'Connor, Mensah, Smith, Okafor, Nguyễn, d'Souza, Ó Briain"),
)
HERITAGES = (DUTCH, TURKISH, ARABIC, POLISH, UKRAINIAN, TIGRINYA, ELSEWHERE)
LANGUAGES = tuple(heritage.language for heritage in HERITAGES)


def draw_heritage(rng: Random) -> Heritage:
    return rng.choices(HERITAGES, [heritage.weight for heritage in HERITAGES])[0]


def split_surname(surname: str, *, is_woman: bool) -> tuple[str, str]:
    """Prefix and surname: ("van der", "Meer"); of two forms the one that fits."""
    forms = surname.split("/")
    words = (forms[-1] if is_woman else forms[0]).split(" ")
    first = next((place for place, word in enumerate(words) if word[0].isupper()), 0)
    return " ".join(words[:first]), " ".join(words[first:])
