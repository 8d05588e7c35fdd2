"""What single words tell: of a person, a body, a group, or of no name at all.

To add an entry, write it into its list, in any place: in lower case and without accents, unless the list says
otherwise.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Set
from typing import Literal

from stancelib.words import word_set

Gender = Literal["f", "m"]


def fold(name: str) -> str:
    """``name`` without case, accents and the Arabic article: what two spellings of one name share."""
    plain = name
    if not name.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
        plain = plain.replace("’", "'").replace("‑", "-")
    plain = plain.casefold()
    return plain[3:] if plain[:3] in ("al-", "el-") else plain


def gender_of(titles: Set[str], given: str = "") -> Gender | None:
    """The gender that titles and a given name tell, all of them folded; None where they tell nothing."""
    if titles & FEMALE_TITLES or given in FEMALE_NAMES:
        return "f"
    return "m" if titles & MALE_TITLES or given in MALE_NAMES else None


# -- Titles and descriptions of persons

FEMALE_TITLES = word_set(
    """
    mrs mrs. ms ms. miss lady madame queen princess spokeswoman chairwoman congresswoman councilwoman assemblywoman
    businesswoman actress mother wife daughter sister
    """
)
MALE_TITLES = word_set(
    """
    mr mr. sir lord king prince pope spokesman chairman congressman councilman assemblyman businessman sheikh sheik
    imam father husband son brother nephew
    """
)
# Royal titles, which with a first name make the whole name: King Harald.
ROYAL = word_set("king queen prince princess pope emperor sheikh sheik emir sultan ayatollah")
# Titles and descriptions without gender.
NEUTRAL_TITLES = word_set(
    """
    president president-elect vice-president premier minister chancellor secretary senator governor mayor
    representative congressmember lawmaker legislator deputy ambassador envoy diplomat spokesperson leader
    chief head director chair chairperson commissioner commander general lieutenant colonel major captain
    admiral sergeant marshal brigadier officer official judge justice attorney prosecutor lawyer professor dr
    dr. doctor analyst expert researcher scholar scientist economist historian strategist pollster adviser
    advisor aide economists analysts historians counselor consultant fellow author writer columnist
    journalist reporter correspondent editor anchor host moderator commentator activist dissident candidate
    nominee contender rival opponent front-runner frontrunner dictator ruler monarch ayatollah archbishop
    bishop cardinal reverend rabbi cleric patriarch founder co-founder owner ceo executive manager partner
    coach player singer actor director-general secretary-general speaker whip investor billionaire tycoon
    magnate entrepreneur developer strongman militant insurgent warlord rebel negotiator mogul donor
    businessperson frontman pundit spokesman-in-chief inspector detective resident student teacher engineer
    physicist veteran soldier neighbor friend colleague counterpart predecessor successor incumbent
    politician democrat republican gen. lt. col. maj. capt. cmdr. adm. sgt. sen. sens. rep. reps. gov. prof.
    rev. hon. amb. speechwriter organizer star neurosurgeon psychologist sociologist epidemiologist physician
    pastor vice emperor emir sultan comedian filmmaker artist lobbyist intellectual novelist president’s
    mp mps mep meps taoiseach tanaiste
    """
)
# Titles that go with any office: "the head of the delegation" may be a rear admiral.
RANKS = word_set(
    """
    mr mr. mrs mrs. ms ms. miss dr dr. sir lord lady general lieutenant colonel major captain commander admiral
    sergeant marshal brigadier officer gen. lt. col. maj. capt. cmdr. adm. sgt. professor prof. doctor
    """
)
# All that says what a person is, in a title or an apposition.
ROLES = FEMALE_TITLES | MALE_TITLES | NEUTRAL_TITLES
# Words of an office, capitalised with it (Foreign Minister): never a part of the name.
OFFICE = word_set(
    """
    prime foreign interior defense defence finance treasury state homeland security affairs justice trade
    energy education health labor labour commerce agriculture transport information economy environment
    former acting deputy assistant associate first second lady national senior majority minority house chief
    supreme special permanent under undersecretary under-secretary crown grand holy joint retired republican
    press communications policy executive managing presidential vice-presidential army navy air force police
    exchequer military gop ex-president ex-prime then-president then-candidate us uk
    """
)
# Offices that one state calls so: whose they are where nothing else tells it.
OFFICES_OF = {
    "secretary of state": "USA",
    "secretary of defense": "USA",
    "defense secretary": "USA",
    "treasury secretary": "USA",
    "homeland security secretary": "USA",
    "house speaker": "USA",
    "senate majority leader": "USA",
    "foreign secretary": "GBR",
    "home secretary": "GBR",
    "defence secretary": "GBR",
    "chancellor of the exchequer": "GBR",
    "lord chancellor": "GBR",
    "taoiseach": "IRL",
    "tanaiste": "IRL",
}
# Persons whom texts leave without a name: they are not taken for whoever was named last.
UNNAMED = word_set("spokesman spokeswoman spokesperson official officer source diplomat aide adviser")
# What places a person or body in the United States, as written; the gazetteer sees to Georgia and Washington.
US_WORDS = word_set(
    """
    Republican Republicans Democratic Democrat Democrats GOP Capitol Harvard Yale Princeton Stanford
    Georgetown Rutgers Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida
    Hawaii Idaho Illinois Indiana Iowa Kansas Kentucky Louisiana Maryland Massachusetts Michigan Minnesota
    Mississippi Missouri Montana Nebraska Nevada Hampshire Jersey York Carolina Dakota Ohio Oklahoma Oregon
    Pennsylvania Tennessee Texas Utah Vermont Virginia Wisconsin Wyoming Pentagon Chicago Boston Miami
    Congress congressional Congressman Congresswoman Rep. Reps. Sen. Sens. Treasury Medicaid Medicare
    """
)

# -- Names of persons

# Common given names: a hint that words are a person's name, and the only one of gender where no title gives it.
FEMALE_NAMES = word_set(
    """
    agnieszka aisha alice amber amy andrea angela angelina ann anna anne asma aung barbara beata benazir beth
    betty brenda brigitte carla carly carol caroline catherine charlotte cheryl christiane christina
    christine cindy claire colleen condoleezza cristina cynthia dana debbie deborah denise diana diane dilma
    donna doris dorothy eileen ekaterina eleanor elena elise elizabeth ellen emily emma erna eva ewa fatima
    federica frances gail gillian gina giorgia gloria grace hannah heather helen hillary holly huma indira
    ingrid irina isabel ivanka jacinda jacqueline jan jane janet jennifer jessica jill joan jodi joyce judith
    judy julia julie kamala karen kate katherine kathleen kathryn kathy katie kelly kimberly kirsten laura
    layla leila leslie linda lisa loretta lori lucia lynn madeleine magdalena margaret maria marie marine
    marsha martha mary maureen megan meghan melania melissa michele michelle molly monica nancy natalia
    natalie nicola nikki olga olivia pamela patricia paula peggy penelope penny phyllis priscilla rachel
    rebecca rita robin rosa rosemary ruth sally samantha sandra sarah segolene sharon sheila shirley sonia
    sophia stephanie sue susan susana suzanne svetlana sylvia tammy tatiana teresa theresa tina tracy tulsi
    ursula valerie vanessa victoria virginia wendy yvonne zainab
    """
)
MALE_NAMES = word_set(
    """
    aaron abdul abdullah adam ahmad ahmed ahmet alan albert alberto aleksandr alexander alexei alfonso ali
    anders andrew anthony antonio arthur ashraf ashton austin avigdor ban barack bashar ben benjamin bernie
    bill billy binali bob bobby boris brandon brian bruce bryan carl carlos charles chris christian
    christopher chuck craig curtis dan daniel dave david dean dennis derek dick dmitry don donald doug
    douglas drew duncan dylan earl ed edward ehud elijah emmanuel enrique eric ernest ethan eugene evan evo
    felipe felix fernando fidel francois frank fred gabriel gary gene george gerald gerhard giovanni giuseppe
    glenn gordon graham greg gregory haider hamdi hamed hamid hans harold harry hassan helmut henry hiroshi
    howard hugh hugo hulusi hussein ian ibrahim igor imran ismail ivan jack jacob jacques james jason javier
    jay jean jeb jeff jeffrey jens jeremy jerry jesse jim joachim joe joel john johnny jon jonathan jordan
    jorge jose joseph josh joshua juan justin karl keith ken kenji kenneth kevin khalid klaus kofi kurt kyle
    larry lars lawrence lee leon leonard lewis lindsey lloyd logan louis luis luke mahmoud malcolm manuel
    marc marco marcus mario mark martin matteo matthew max mehmet mevlut michael miguel mike mikhail mitch
    mitt mohamad mohamed mohammad mohammed moshe muhammad mustafa narendra nathan nawaz neil newt nicholas
    nicolas nigel nikolai nikolay noah nouri omar oscar pablo paolo patrick paul pedro peter philip pierre
    rafael ralph rand randy raul raymond recep rex ricardo richard rick robert roberto rodolfo rodrigo roger
    ron ronald roy rudy russell ryan saeb sam samuel scott sean sergei sergey shimon shinzo silvio simon
    stephen steve steven ted terry thomas tim timothy tom tony tyler viktor vincent vladimir walid walter
    wayne william willie wolfgang yitzhak yuri zachary
    """
)
# Lower-case words inside a name: Ursula von der Leyen.
PARTICLES = word_set("al el bin bint ibn abu van von der den de del della di da dos du la le ter ten und")
# What may follow a name: John F. Kennedy Jr.
SUFFIXES = word_set("jr jr. sr sr. ii iii iv")
# Second parts of words that keep the capital of a name but are none: U.S.-backed, Kremlin-run.
COMPOUND_ENDINGS = word_set(
    """
    based born led run held era backed style allied funded wide made like controlled ruled elect turned
    """
)
# Capitalised words that are no part of a person's name.
NOT_NAMES = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december jan. feb. mar. apr. aug. sept. oct. nov. dec. mon tue wed thu
    fri sat sun a an the this that these those and or but nor if when while as at by for from in into of off
    on onto out over to under up with without within after before since until during despite although though
    because so yet then than there here where why how what who whom whose which he she it they we i you his
    her its their our my your him them us me one two three four five six seven eight nine ten some many most
    much more all both each every either neither no not now never ever again also even just only still very
    too well is are was were be been being am has have had do does did will would shall should can could
    might must asked told said says according another other others such few several any yes ok okay please
    thank thanks mr first last next new old north south east west northern southern eastern western middle
    central english christian muslim islamic jewish catholic arab sunni shiite shia latino hispanic european
    asian african american internet twitter facebook google conservative liberal democratic reuters god tv
    photo video image advertisement related breaking updated exclusive opinion analysis read watch click
    copyright today yesterday tomorrow meanwhile however moreover earlier later instead asia africa europe
    america
    """
)

# -- Verbs of saying

SAY = word_set(
    """
    said says say told tells added adds noted notes wrote writes tweeted argued argues insisted insists
    warned warns explained explains stated states declared declares announced announces claimed claims
    acknowledged admitted replied responded recalled continued asked asks believes believed thinks denied
    suggested accused called urged vowed promised stressed emphasized reiterated concluded commented
    complained testified joked
    """
)
# Those that come before their subject: "said X".
SAY_BEFORE_NAME = word_set(
    """
    said says added adds noted wrote writes tweeted argued insisted warned explained replied recalled
    """
)
# Words between the subject and its verb: "X later said".
BEFORE_SAY = word_set("has had have also later then recently repeatedly once already further himself herself")

# -- Nouns and noun phrases: who or what speaks

# What somebody utters stands for who utters it ("Obama's speech", "a letter by").
UTTERANCES = word_set(
    """
    words statement statements speech speeches remarks remark comments comment response tweet tweets letter
    letters book memo testimony interview claim claims call message announcement post account study report
    article essay op-ed column video demand question answer warning address presentation rhetoric plea appeal
    threat threats promise pledge vow release
    """
)
# Words that with a state mean its government.
GOVERNMENT = word_set("government governments authorities state regime leadership")
# Words that in a capitalised name make it that of an organisation or a place: Ministry, Street, Gulf.
ORGANISATION_WORDS = word_set(
    """
    institute institution university college school academy ministry department office agency bureau council
    committee commission congress parliament senate assembly court bank fund foundation association
    organization organisation society union league party coalition movement front army forces brigade corps
    group company inc corp ltd llc network news times post journal herald tribune guardian telegraph press
    media television radio tv magazine gazette center centre think-tank hospital museum church airport street
    avenue square tower hotel stadium district county river sea ocean mountain mountains island islands bay
    gulf valley park bridge road house palace airlines airways street-journal campaign administration
    government authority service services observatory watch project initiative program programme club team
    conference summit treaty act law accord agreement pact charter war revolution day week night awards prize
    cup olympics games nations federation republic kingdom states province city town village region exchange
    industries partners associates records board forum alliance review report book bible international
    monetary capital weekly daily chronicle globe sun mirror observer standard bulletin post-gazette sentinel
    examiner tribunal brotherhood
    """
)
# Organisations as they are called without their name: the ministry.
BODIES = word_set(
    """
    ministry department agency government party campaign group organization organisation company
    administration committee commission council court bank institute university newspaper magazine network
    channel media newspapers panel firm team church alliance coalition movement union association bureau
    office police board parliament senate house congress kingdom country nation state military army watchdog
    center centre chancellery embassy foundation institution militia
    """
)
# Several people, or several bodies, without a name.
GROUPS = word_set(
    """
    people voters republicans democrats conservatives liberals leaders members supporters protesters
    demonstrators residents activists candidates rebels crowd audience public rabbis citizens workers
    students women men americans europeans russians kurds muslims jews christians whigs lobbyists families
    politicians respondents world countries nations states governments allies organizations groups parties
    environmentalists contenders opponents percent ministers troops soldiers
    """
)
# Numbers and amounts that begin a noun phrase.
QUANTIFIERS = word_set(
    """
    some many most several other few all any both two three four five six seven eight nine ten no more
    """
)

# -- News organisations by the state they are from, as they stand without article: they speak, but are no actors.

_MEDIA = {
    "USA": "Associated Press|AP|New York Times|Washington Post|Wall Street Journal|Los Angeles Times|USA Today|"
    "CNN|Fox News|FoxNews.com|MSNBC|NBC|NBC News|ABC News|CBS|CBS News|NPR|PBS|Bloomberg|Bloomberg News|Politico|"
    "Time|Newsweek|Forbes|Foreign Policy|Foreign Affairs|Atlantic|New Yorker|HuffPost|Huffington Post|"
    "Washington Times|Washington Examiner|Breitbart|Breitbart News|Daily Beast|Axios|ProPublica|"
    "Voice of America|Radio Free Europe|Boston Globe|Chicago Tribune|Christian Science Monitor|Miami Herald",
    "GBR": "BBC|BBC News|Reuters|Guardian|Times of London|Financial Times|Daily Telegraph|Telegraph|Economist|"
    "Independent|Sky News|ITV|Daily Mail|Observer|Evening Standard",
    "FRA": "Agence France-Presse|AFP|Le Monde|Le Figaro|Libération|France 24",
    "DEU": "Der Spiegel|Spiegel|Bild|Die Zeit|Die Welt|Deutsche Welle|Frankfurter Allgemeine Zeitung|ARD|ZDF|DPA",
    "RUS": "TASS|Tass|ITAR-TASS|RIA Novosti|Interfax|Sputnik|RT|Russia Today|Pravda|Izvestia|Kommersant|"
    "Novaya Gazeta",
    "CHN": "Xinhua|Xinhua News Agency|People's Daily|Global Times|China Daily|CCTV|CGTN|Caixin",
    "HKG": "South China Morning Post",
    "JPN": "Kyodo|Kyodo News|NHK|Asahi Shimbun|Yomiuri Shimbun|Nikkei|Japan Times",
    "KOR": "Yonhap|Yonhap News Agency|Chosun Ilbo|Korea Herald|Korea Times",
    "PRK": "KCNA|Korean Central News Agency|Rodong Sinmun",
    "TUR": "Anadolu|Anadolu Agency|Hurriyet|Hürriyet|Daily Sabah|TRT|Cumhuriyet",
    "IRN": "IRNA|Fars|Fars News Agency|Tasnim|Press TV|ISNA|Kayhan",
    "SYR": "SANA",
    "IRQ": "Rudaw",
    "QAT": "Al Jazeera|Al-Jazeera",
    "SAU": "Al Arabiya|Al-Arabiya|Saudi Press Agency|Arab News|Asharq Al-Awsat",
    "ARE": "WAM|Gulf News",
    "EGY": "MENA|Al-Ahram|Ahram Online",
    "LBN": "Al-Manar|An-Nahar|National News Agency",
    "ISR": "Haaretz|Jerusalem Post|Times of Israel|Yedioth Ahronoth|Ynet|Israel Hayom|Channel 12",
    "IND": "Press Trust of India|PTI|ANI|NDTV|Hindu|Times of India|Indian Express|Hindustan Times",
    "PAK": "Geo News|Express Tribune",
    "BGD": "Prothom Alo",
    "CAN": "CBC|Globe and Mail|Toronto Star|National Post|Canadian Press",
    "AUS": "Australian Broadcasting Corporation|Sydney Morning Herald",
    "ESP": "El País|El Pais|El Mundo|EFE",
    "ITA": "ANSA|Corriere della Sera|La Repubblica|La Stampa",
    "POL": "Gazeta Wyborcza|PAP",
    "UKR": "Ukrinform|Kyiv Independent|Kyiv Post|Ukrayinska Pravda",
    "HUN": "MTI",
    "BLR": "BelTA",
    "BRA": "Folha de S.Paulo|O Globo|Globo|Estadão",
    "ARG": "Clarín|La Nación|Télam",
    "VEN": "Telesur",
    "CUB": "Granma|Prensa Latina",
    "ZAF": "Mail & Guardian|News24|Daily Maverick",
    "NGA": "Premium Times|Vanguard",
    "KEN": "Daily Nation",
    "IDN": "Antara|Kompas|Jakarta Post",
    "SGP": "Straits Times|Channel NewsAsia",
    "THA": "Bangkok Post",
    "PHL": "Rappler|Philippine Daily Inquirer",
    "VNM": "Vietnam News Agency",
}
MEDIA = {name: country for country, names in _MEDIA.items() for name in names.split("|")}
