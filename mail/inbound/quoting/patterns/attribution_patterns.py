"""What mail programs write above a quotation in many languages: “On …, … wrote:”."""

from __future__ import annotations

import re

from rules.pattern_table import parse_table

WROTE_WORD = parse_table(
    r"""
    wrote|writes|sent|a écrit            ✓ wrote  ✗ wrot
    schrieb(?:en)?                       ✓ schrieben  ✗ schrie
    écrit|escribió|ha scritto|scrisse    ✓ écrit  ✗ écri
    schreef|skrev|skreiv                 ✓ schreef  ✗ schree
    napisał(?:\(a\))?a?|napisana przez   ✓ napisał  ✗ napisa
    pisze                                ✓ pisze  ✗ pisz
    написала?|пишет|пише                 ✓ написал  ✗ написа
    писал[аи]?|escreveu|kirjoitti|yazdı  ✓ писал  ✗ писа
    yazmış|napsala?|napísala?|írta       ✓ yazmış  ✗ yazmı
    a scris|skrifaði|viết|đã viết        ✓ a scris  ✗ a
    ha escrit|menulis|έγραψε|написа      ✓ ha escrit  ✗ ha
    va escriure|escribiu|idatzi du       ✓ va escriure  ✗ va
    (?:pa)?rašė|rakstīja|kirjutas        ✓ rašė  ✗ raš
    napisa[ol]a?|написао|пишува          ✓ napisao  ✗ napis
    жазды|жазған|ysgrifennodd            ✓ жазды  ✗ жаз
    """,
    r"\b(?:{})\b",
)
"""The verb of an attribution, in languages that put spaces between words."""

WROTE = parse_table(
    r"""
    <WROTE_WORD>  ✓ Ada wrote  ✗ Ada wrought
    写道          ✓ 写道  ✗ 写
    寫道          ✓ 寫道  ✗ 寫
    のメッセージ  ✓ のメッセージ  ✗ のメッセー
    作成          ✓ 作成  ✗ 作
    작성          ✓ 작성  ✗ 작
    يكتب          ✓ يكتب  ✗ يكت
    كتب           ✓ كتب  ✗ كت
    كتابة         ✓ كتابة  ✗ كتاب
    כתב           ✓ כתב  ✗ כת
    نوشت          ✓ نوشت  ✗ نوش
    ने लिखा        ✓ Ada ने लिखा  ✗ Ada ने
    เขียน          ✓ Ada เขียนว่า  ✗ Ada ว่า
    ['’]s message of\b  ✓ Excerpts from Ada's message of Mon Mar 02  ✗ Ada's messages
    """,
    parts={"WROTE_WORD": WROTE_WORD},
)

SAID = re.compile(r"\b(?:said|says|replied|responded|answered|commented)\b", re.IGNORECASE)
"""What programs write in place of “wrote” now and then, and people write, too."""

OWN_NAME_WROTE = re.compile(
    rf"[-–—>* ]{{0,4}}(?:On .{{1,80}}? )?\W{{0,2}}Afterword\W{{0,2}}(?: [<(\[]?[^\s<>]+@[^\s<>]+)?"
    rf"\s{{0,3}}(?:{WROTE_WORD.source}|{SAID.pattern})\s?[:：]\W{{0,6}}",
    re.IGNORECASE,
)
"""“Afterword said:”: a heading by whom it names, without a date or address."""

SMALL_WORD = parse_table(
    r"""
    on|am|le|el|il|op|em|den|dne  ✓ on  ✗ o
    dňa|dnia|w dniu|на|в|vào|a    ✓ dňa  ✗ dň
    pada|la|no dia|in data|στις   ✓ pada  ✗ pad
    την|في|בתאריך|ביום            ✓ την  ✗ τη
    """,
    r"(?:{})",
    is_fragment=True,
)
"""The word before a date: “on”, “le”, “am”."""

ATTRIBUTION_START = parse_table(
    r"""
    <SMALL_WORD>\s                ✓ On Monday  ✗ Monday
    ב-\d                          ✓ ב-4  ✗ ב
    \W?\d                         ✓ 4 March  ✗ March
    \w{2,9}[.,]?\s+(?:den\s+)?\d  ✓ Mon, 4 March  ✗ Mon, March
    \w{3,12},? \w{3,12}\.? \d{1,2},? \d{4}  ✓ Monday, March 2, 2026  ✗ Monday, March 2nd
    (?:you|вы|ви|sie|vous) \w{3,12}(?: on| am| le| at)? (?=\w{0,12},? ?\d)
        ✓ Вы писали 2 марта  ✗ Вы писали, что 2 марта
    excerpts from\b               ✓ Excerpts from Ada's message  ✗ Excerpts of
    in (?:message|article) <      ✓ In message <1@example.org>  ✗ In message queues
    [^\s@:][^@:\n]{0,60} (?:wrote|schrieb|skrev|schreef|a écrit|escribió|ha scritto
    |escreveu)(?: (?:on|at|am|um|le|el|il|op|em|den))? \d
        ✓ Ada Lind/Example wrote on 03/02/2026  ✗ Ada Lind wrote on Monday
    \w[\w.'’-]{1,20}(?: \w[\w.'’-]{0,20}){0,3} on \w{0,9},? ?\d
        ✓ Ada Lind on Mon, 4  ✗ Ada Lind on Monday
    (?:from|von|de)\b             ✓ From Ada  ✗ Frommer Ada
    在                            ✓ 在 2026  ✗ Ada
    [^\s@]+ [^@]{0,60}<[^\s<>]+@  ✓ Ada Lind <ada@example.org>  ✗ Ada Lind ada@example.org
    """,
    r"[-–—>* ]{0,4}(?:{})",
    parts={"SMALL_WORD": SMALL_WORD},
)
"""How “On …, … wrote:” begins: with a small word, a date, a weekday, or whoever wrote."""

UNAMBIGUOUS_ATTRIBUTION_START = parse_table(
    r"""
    On       ✓ On 4  ✗ on 4
    At       ✓ At 4  ✗ at 4
    Am       ✓ Am 4  ✗ am 4
    Le       ✓ Le 4  ✗ le 4
    El       ✓ El 4  ✗ el 4
    Il       ✓ Il 4  ✗ il 4
    Op       ✓ Op 4  ✗ op 4
    Em       ✓ Em 4  ✗ em 4
    Den      ✓ Den 4  ✗ den 4
    Dne      ✓ Dne 4  ✗ dne 4
    Dňa      ✓ Dňa 4  ✗ dňa 4
    Dnia     ✓ Dnia 4  ✗ dnia 4
    W dniu   ✓ W dniu 4  ✗ w dniu 4
    No dia   ✓ No dia 4  ✗ no dia 4
    In data  ✓ In data 4  ✗ in data 4
    Pada     ✓ Pada 4  ✗ pada 4
    Vào      ✓ Vào 4  ✗ vào 4
    На       ✓ На 4  ✗ на 4
    В        ✓ В 4  ✗ в 4
    Στις     ✓ Στις 4  ✗ στις 4
    Την      ✓ Την 4  ✗ την 4
    في       ✓ في 4  ✗ في4
    בתאריך   ✓ בתאריך 4  ✗ בתאריך4
    ביום     ✓ ביום 4  ✗ ביום4
    在       ✓ 在 4  ✗ 在4
    """,
    r"[-–—>* ]{0,4}(?:{})\s",
    flags=re.NOFLAG,
)
"""An unambiguous start of an attribution, given a date: a capitalized small word."""

YEAR = re.compile(r"\b(?:19|20)\d\d\b")

DAY = re.compile(r"\b\d{1,2}\b")

DATE_OR_TIME = re.compile(r"\d{4}|\d{1,2}[:.h]\d{2}|\d{1,2}[./]\d{1,2}", re.IGNORECASE)

SENDER_AND_TIME = re.compile(
    r"[^<>\d]{0,80}<[^\s<>@]{1,64}@[^\s<>]{1,100}>[\s,•·|–—-]{1,5}(?=.{0,60}\b\d{4}\b)"
    r"(?=.{0,60}\d{1,2}[:.]\d{2})(?:(?:(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug"
    r"|sep|oct|nov|dec)[a-z]{0,6}|at|[ap]\.?m|(?-i:[A-Z]{2,5})|[\d:./+-]{1,25}+(?:st|nd|rd|th)?)(?!\w)"
    r"[\s,.()]{0,3}+){3,12}",
    re.IGNORECASE,
)
"""“Ada <ada@example.org> • Mar 9, 2026 at 9:00 AM”: who wrote and when, and nothing else."""

WROTE_AT_END = parse_table(
    r"""
    wrote     ✓ Ada Lind wrote  ✗ Ada Lind wrote:
    schrieb   ✓ Ada Lind schrieb  ✗ Ada Lind schrieb:
    écrit     ✓ Ada Lind écrit  ✗ Ada Lind écrit:
    escribió  ✓ Ada Lind escribió  ✗ Ada Lind escribió:
    scritto   ✓ Ada Lind scritto  ✗ Ada Lind scritto:
    schreef   ✓ Ada Lind schreef  ✗ Ada Lind schreef:
    skrev     ✓ Ada Lind skrev  ✗ Ada Lind skrev:
    escreveu  ✓ Ada Lind escreveu  ✗ Ada Lind escreveu:
    """,
    r"\b(?:{})\s*$",
)

NAME_WROTE = re.compile(
    r"[A-ZÀ-Þ][\w.'’-]{1,40}(?: [A-ZÀ-Þ][\w.'’-]{1,40}){0,2} ? (?:wrote|writes|schrieb|said|says"
    r"|replied):"
)

ADDRESS_WROTE = re.compile(
    r"(?:(?:[A-ZÀ-Þ][\w.'’-]{0,24} ){1,4}\("
    r"|[<(]?)[^\s@<>()]{1,64}@[^\s@<>()]{1,120}[>)]? (?:wrote|writes|schrieb|a écrit"
    r"|escribió|ha scritto|schreef|skrev|escreveu|napisał\(a\)) ?:"
)
"""“ada@example.org wrote:” and “Ada Lind (ada@example.org) wrote:”, without a date."""

WROTE_VIA = parse_table(
    r"""
    \S.{0,60} via .{1,60} (?:wrote|schrieb):  ✓ Ada Lind via Ops wrote:  ✗ Ada Lind wrote:
    \d{4}-\d\d-\d\d \d{1,2}:\d\d GMT.{1,80}
        ✓ 2026-03-04 9:00 GMT Ada Lind  ✗ 2026-03-04 9:00 Ada Lind
    """,
)
"""What mailing lists and older programs write above lines that are marked as quoted."""

EMAIL_ADDRESS = re.compile(r"[<\[(]?[^\s<>@]{1,80}@[^\s<>@]{1,120}[>\])]?", re.IGNORECASE)

SHARED_LINE = re.compile(
    r"(?P<own>.*\S)\s{0,5}?(?:(?<!-)-{2,20}\s{0,5})?\b(?P<heading>On (?:(?:Mon|Tue|Wed|Thu|Fri|Sat"
    r"|Sun)[a-z]*,? )?.{5,200}? wrote:)\s*"
)
"""A heading that a program put on the last line of somebody's own text."""
