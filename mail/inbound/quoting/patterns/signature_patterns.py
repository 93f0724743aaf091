"""How people and their devices end a mail, in many languages."""

from __future__ import annotations

import re

from rules.pattern_table import parse_table

SENT_FROM = parse_table(
    r"""
    via mobile                        ✓ via mobile phone  ✗ by mobile phone
    sent(?: \w{4,12}ly)?              ✓ Sent quickly from my phone  ✗ Spent
    envoyé sans fil                   ✓ envoyé sans fil iPhone  ✗ envoyé sans fil
    von meinem                        ✓ von meinem iPhone  ✗ von meinem
    von meiner                        ✓ von meiner iPhone  ✗ von meiner
    gesendet (?:von|mit)              ✓ Gesendet von meinem Telefon  ✗ Gesendet am Montag
    diese nachricht wurde von  ✓ diese nachricht wurde von iPhone  ✗ diese nachricht wurde von
    envoyé (?:de|depuis|à partir)     ✓ Envoyé de mon téléphone  ✗ Envoyé hier
    enviado (?:desde|do|de|a partir)  ✓ Enviado desde mi teléfono  ✗ Enviado ayer
    inviato da                        ✓ inviato da iPhone  ✗ inviato da
    verzonden (?:vanaf|vanuit|met)    ✓ Verzonden vanaf mijn telefoon  ✗ Verzonden gisteren
    verstuurd vanaf                   ✓ verstuurd vanaf iPhone  ✗ verstuurd vanaf
    sendt fra                         ✓ sendt fra iPhone  ✗ sendt fra
    skickat från                      ✓ skickat från iPhone  ✗ skickat från
    skickad från                      ✓ skickad från iPhone  ✗ skickad från
    wysłane? z                        ✓ Wysłane z telefonu  ✗ Wysłane wczoraj
    отправлено [сиз]+                 ✓ Отправлено с телефона  ✗ Отправлено вчера
    odesláno z                        ✓ odesláno z iPhone  ✗ odesláno z
    odoslané z                        ✓ odoslané z iPhone  ✗ odoslané z
    lähetetty                         ✓ lähetetty iPhone  ✗ lähetetty
    trimis de pe                      ✓ trimis de pe iPhone  ✗ trimis de pe
    trimis din                        ✓ trimis din iPhone  ✗ trimis din
    надіслано з                       ✓ надіслано з iPhone  ✗ надіслано з
    изпратено от                      ✓ изпратено от iPhone  ✗ изпратено от
    enviat des                        ✓ enviat des iPhone  ✗ enviat des
    poslano s                         ✓ poslano s iPhone  ✗ poslano s
    đã gửi từ                         ✓ đã gửi từ iPhone  ✗ đã gửi từ
    dikirim dari                      ✓ dikirim dari iPhone  ✗ dikirim dari
    εστάλη από                        ✓ εστάλη από iPhone  ✗ εστάλη από
    στάλθηκε από                      ✓ στάλθηκε από iPhone  ✗ στάλθηκε από
    أُ?رسلت من                         ✓ أرسلت من هاتفي  ✗ أرسل هاتفي
    נשלח מה?                          ✓ נשלח מ iPhone  ✗ נשלח מ
    发自我?的?                        ✓ 发自我的 手机  ✗ 手机
    從我的                            ✓ 從我的 iPhone  ✗ 從我的
    送信元                            ✓ 送信元 iPhone  ✗ 送信元
    """,
    r"[\s*_(<\[]*(?:{})(?: |\b)(?P<by>(?:\S+ ){0,9}\S+)\s*",
)

SENT_FROM_AT_END = parse_table(
    r"""
    .{0,30}(?:iphone|ipad)(?:から送信|에서 보냄| gesendet|\S{0,8} (?:küldve|gönderildi|saadetud))\s*
        ✓ iPhone gesendet  ✗ iPhone
    (?:发自我?的?|從我的|送信元).{1,40}  ✓ 发自我的 iPhone  ✗ 我的 iPhone
    [\s*_(<\[]*from my (?:\S+ )?(?:iphone|ipad|android|galaxy|blackberry|smartphone)(?: \d+)?\W*
        ✓ From my iPhone  ✗ From my desk
    sent via superhuman\W{0,4}(?:https?:\S{1,200})?\W{0,4}
        ✓ Sent via Superhuman ( https://example.org/v )  ✗ Sent via post
    [\s*_]*(?:get|download|télécharger|obtenir|descargar|obtener|obtén|obter|baixar|scarica
    |ottieni|downloaden?|hent|hämta|pobierz|lataa|hanki|holen sie sich|laden sie) (?:outlook
    |bluemail|typeapp|spark|mymail|gmail) (?:\w+ )?(?:ios|android
    |mac)\W{0,3}(?:https?:\S{1,80})?\s*
        ✓ Get Outlook for iOS  ✗ Get Outlook to work
    """,
)

DEVICE = parse_table(
    r"""
    terminal|phon|pad\b|ipod        ✓ terminal  ✗ termina
    android|blackberry|samsung      ✓ android  ✗ androi
    galaxy|huawei|pixel|nokia       ✓ galaxy  ✗ galax
    windows|outlook|mobile|mobil    ✓ windows  ✗ window
    handy|smart|tablet|mail         ✓ handy  ✗ hand
    telefon|teléfono|móvil|sparrow  ✓ telefon  ✗ telefo
    proton|spark|device|wireless    ✓ proton  ✗ proto
    yahoo|aol\b|gmx|web\.de         ✓ yahoo  ✗ yaho
    thunderbird|desktop|fairphone   ✓ thunderbird  ✗ thunderbir
    xperia|htc|superhuman           ✓ xperia  ✗ xperi
    """,
)

DISCLAIMER = parse_table(
    r"""
    (?:this|the information in this|the (?:contents?|information) (?:of
    |contained in) this) (?:e-?mail|message|communication
    |transmission)\b.{0,80}\b(?:confidential|privileged|intended|proprietary)
        ✓ This email and its attachments are confidential  ✗ This email tells what we meant
    (?:confidentiality|legal|privacy) (?:notice|note|disclaimer)\b
        ✓ Confidentiality notice  ✗ Confidentiality is kept
    disclaimer\s*:                   ✓ disclaimer:  ✗ disclaimer
    if you are not the (?:intended|named) (?:recipient|addressee)
        ✓ If you are not the intended recipient  ✗ If you are not the owner
    please consider the environment  ✓ Please consider the environment  ✗ Please consider the risk
    virus-?free\b                    ✓ Virus-free.  ✗ Virus scanner
    (?:this (?:e-?mail|message) )?(?:has been )?(?:checked|scanned) (?:for viruses )?by\b
        ✓ This email has been checked for viruses by X  ✗ This email has been checked
    diese (?:e-?mail|nachricht) (?:enthält|ist|kann).{0,60}vertraulich
        ✓ Diese E-Mail ist vertraulich  ✗ Diese E-Mail ist lang
    ce (?:message|courriel|mail).{0,80}confidentiel
        ✓ Ce message est confidentiel  ✗ Ce message est long
    este (?:mensaje|correo|e-?mail).{0,80}confidencial
        ✓ Este mensaje es confidencial  ✗ Este mensaje es largo
    questo messaggio.{0,80}(?:confidenzial|riservat)
        ✓ Questo messaggio è confidenziale  ✗ Questo messaggio è lungo
    le informazioni contenute in questo
        ✓ le informazioni contenute in questo  ✗ le informazioni contenute in
    dit bericht.{0,80}vertrouwelijk  ✓ Dit bericht is vertrouwelijk  ✗ Dit bericht is lang
    esta mensagem.{0,80}confidencia  ✓ Esta mensagem é confidencial  ✗ Esta mensagem é longa
    """,
    r"[\s*_]*(?:{})",
)
"""How the disclaimer begins that a company adds to every mail."""

TYPO_EXCUSE = re.compile(
    r"[.,;–—-]{0,3}\s{1,5}(?:(?:so|and) )?(?:please |pls |kindly )?(?:excuse|forgive|pardon|ignore"
    r"|sorry (?:for|about)) (?:\w{1,40} ){0,3}(?:typo|brevity|brief|spelling|error|mistake"
    r"|autocorrect)\w*(?: \w+){0,3}\W*$",
    re.IGNORECASE,
)
"""An apology for a device's keyboard after its name."""

SENT_FROM_LINK = re.compile(
    r"\s*sent (?:from|with|via"
    r"|using) [^\s<(]+(?: [^\s<(]+){0,2} ?[<(]https?:[^\s<>()]{1,200}[>)]\s*",
    re.IGNORECASE,
)
"""“Sent from Some Program”, with a link to it."""

NOT_A_DEVICE = re.compile(r"[,;?]|\bdesk\b", re.IGNORECASE)

SIGN_OFF_LEAD = parse_table(
    r"""
    kind(?:est)?|best|warm(?:est)?                ✓ kind  ✗ kin
    many|with(?: kind| best)?                     ✓ many  ✗ man
    mit (?:freundlichen|besten|lieben|vielen)     ✓ mit freundlichen  ✗ mit
    viele|liebe|beste|freundliche                 ✓ viele  ✗ viel
    schöne|met vriendelijke|hartelijke            ✓ schöne  ✗ schön
    med (?:venlig|vennlig|vänliga?|kærlig|bästa)  ✓ med venlig  ✗ med
    venlig|vennlig|vänliga|bästa|mange            ✓ venlig  ✗ venli
    bien|cordiali|distinti                        ✓ bien  ✗ bie
    un(?: cordial)?|muchas|mille|muito            ✓ un  ✗ u
    hyvää|parhain|ystävällisin|s|z|с|з            ✓ hyvää  ✗ hyvä
    mnohé|serdecznie                              ✓ mnohé  ✗ mnoh
    """,
    r"(?:{})",
    is_fragment=True,
)
"""What stands before the word of a sign-off: “kind”, “mit freundlichen”."""

SIGN_OFF = parse_table(
    r"""
    (?:many )?thanks(?: again| a lot| in advance| so much| for \w+(?: \w+)?)?  ✓ thanks  ✗ thank
    thank you(?: (?:very|so) much| again| in advance)?  ✓ thank you  ✗ thank
    thx|tnx|cheers|regards|rgds|best    ✓ thx  ✗ th
    wishes|sincerely|yours(?: \w+)?     ✓ wishes  ✗ wishe
    respectfully|ta|take care           ✓ respectfully  ✗ respectfull
    all the best|talk soon|see you      ✓ all the best  ✗ all the
    grüßen?|grüsse|gruß|gruss|dank      ✓ grüße  ✗ grüß
    danke(?: schön)?|cordialement       ✓ danke  ✗ dank
    à vous|merci(?: d'avance)?          ✓ à vous  ✗ à
    bonne journée|amicalement           ✓ bonne journée  ✗ bonne
    sincères salutations|salutations    ✓ sincères salutations  ✗ sincères
    saludos?(?: cordiales)?             ✓ saludo  ✗ salud
    atentamente|gracias|abrazos?        ✓ atentamente  ✗ atentament
    saluti|grazie|groet(?:en|jes)?      ✓ saluti  ✗ salut
    bedankt|hilsen(?:er)?|kh|tak        ✓ bedankt  ✗ bedank
    hälsningar|hälsning|tack|takk|mvh   ✓ hälsningar  ✗ älsningar
    vänligen|pozdrawiam|poważaniem      ✓ vänligen  ✗ vänlige
    pozdrawia|pozdravem|pozdravom       ✓ pozdrawia  ✗ pozdrawi
    děkuji|dziękuję|dzięki|terveisin    ✓ děkuji  ✗ děkuj
    kiitos|üdvözlettel|köszönöm         ✓ kiitos  ✗ kiito
    saygılarımla|teşekkürler            ✓ saygılarımla  ✗ saygılarıml
    atenciosamente|cumprimentos         ✓ atenciosamente  ✗ atenciosament
    abraços?|obrigad[oa]|уважением      ✓ abraço  ✗ abraç
    повагою|спасибо|дякую|br|vg|mfg|lg  ✓ повагою  ✗ поваго
    vlg                                 ✓ vlg  ✗ vl
    """,
    r"(?:<SIGN_OFF_LEAD> )?(?:{})(?: (?:and|und|og|och) (?:best )?\w+)?\s*[,.!–-]*",
    parts={"SIGN_OFF_LEAD": SIGN_OFF_LEAD},
)

THANKS = parse_table(
    r"""
    th(?:ank|x)|tnx|\bta\b    ✓ thank  ✗ than
    dank|merci|gracias        ✓ dank  ✗ dan
    grazie|bedankt|\btak      ✓ grazie  ✗ grazi
    tack|obrigad|dzięk|děkuj  ✓ tack  ✗ tac
    kiitos|спасибо|дякую      ✓ kiitos  ✗ kiito
    köszön|teşekkür|see you   ✓ köszön  ✗ köszö
    talk soon                 ✓ talk soon  ✗ talk
    best$                     ✓ all the best  ✗ best wishes
    """,
)
"""A closing that may stand by itself, with no name below it."""
