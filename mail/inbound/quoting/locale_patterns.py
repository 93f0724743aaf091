"""Patterns for headings, signatures and automated mail, in many languages."""

from __future__ import annotations

import re


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


WROTE = _compile(
    r"\b(?:wrote|writes|sent|schrieb|a écrit|écrit|escribió|ha scritto|scrisse|schreef|skrev|skreiv"
    r"|napisał(?:\(a\))?a?|napisana przez|pisze|написала?|пишет|пише|писал[аи]?|escreveu|kirjoitti"
    r"|yazdı|yazmış|napsala?|napísala?|írta|a scris|skrifaði|viết|đã viết|ha escrit|menulis"
    r"|έγραψε|написа)\b"
    r"|写道|寫道|のメッセージ|作成|작성|يكتب|كتب|كتابة|כתב"
)
ATTRIBUTION_START = _compile(
    r"[-–—>* ]{0,4}(?:(?:on|am|le|el|il|op|em|den|dne|dňa|dnia|w dniu|на|в|vào|a|pada|la|no dia"
    r"|in data|στις|την|في|בתאריך|ביום)\s|ב-\d|\W?\d"
    r"|\w{2,9}[.,]?\s+(?:den\s+)?\d|\w[\w.'’-]{1,20}(?: \w[\w.'’-]{0,20}){0,3} on \w{0,9},? ?\d"
    r"|(?:from|von|de)\b|在|[^\s@]+ [^@]{0,60}<[^\s<>]+@)"
)
"""How “On …, … wrote:” begins: with a small word, a date, a weekday, or whoever wrote."""

UNAMBIGUOUS_ATTRIBUTION_START = re.compile(
    r"[-–—>* ]{0,4}(?:On|At|Am|Le|El|Il|Op|Em|Den|Dne|Dňa|Dnia|W dniu|No dia|In data|Pada|Vào|На|В"
    r"|Στις|Την|في|בתאריך|ביום|在)\s"
)
"""An unambiguous start of an attribution, given a date: a capitalized small word."""

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
DAY = re.compile(r"\b\d{1,2}\b")
DATE_OR_TIME = _compile(r"\d{4}|\d{1,2}[:.h]\d{2}|\d{1,2}[./]\d{1,2}")
WROTE_AT_END = _compile(r"\b(?:wrote|schrieb|écrit|escribió|scritto|schreef|skrev|escreveu)\s*$")
NAME_WROTE = re.compile(r"(?:[A-ZÀ-Þ][\w.'’-]{1,20} ?){1,3} (?:wrote|writes|schrieb):")
ADDRESS_WROTE = re.compile(
    r"(?:(?:[A-ZÀ-Þ][\w.'’-]{0,24} ){1,4}\(|[<(]?)[^\s@<>()]{1,64}@[^\s@<>()]{1,120}[>)]? "
    r"(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu|napisał\(a\)) ?:"
)
"""“ada@example.org wrote:” and “Ada Lind (ada@example.org) wrote:”, without a date."""

WROTE_VIA = _compile(
    r"\S.{0,60} via .{1,60} (?:wrote|schrieb):|\d{4}-\d\d-\d\d \d{1,2}:\d\d GMT.{1,80}"
)
"""What mailing lists and older programs write above lines that are marked as quoted."""

EMAIL_ADDRESS = _compile(r"[<\[(]?[^\s<>@]{1,80}@[^\s<>@]{1,120}[>\])]?")

FORWARD_HEADING = _compile(
    r"\s*(?:(?:begin )?forwarded message|anfang der weitergeleiteten (?:e-mail|nachricht)"
    r"|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado"
    r"|inizio messaggio inoltrato"
    r"|begin doorgestuurd bericht|(?:quoting|zitat von|citation de|cita de|citando) .{2,80})\s?:\s*"
    r"|[\s*_]*(?:from|von|de|da|van|fra|från|od|от)\s?:[\s*_]*[^<>]{1,60}<[^<>\s]+@[^<>\s]+>\s*"
    r"|[\s*_]*-{2,}\s*(?:original message|original appointment|original-nachricht"
    r"|ursprüngliche nachricht|originalnachricht|message d'origine|message original"
    r"|message transféré|mensaje original|messaggio originale|oorspronkelijk bericht"
    r"|oprindelig meddelelse|oprindelig besked|ursprungligt meddelande|originalmeddelande"
    r"|opprinnelig melding|mensagem original|wiadomość oryginalna|oryginalna wiadomość"
    r"|исходное сообщение|пересылаемое сообщение|původní zpráva|původní e-mail"
    r"|alkuperäinen viesti|eredeti üzenet|orijinal mesaj|元のメッセージ|原始邮件|原始郵件"
    r"|邮件原件|原邮件|转发邮件|轉寄郵件|הודעה מקורית|הודעה שהועברה|الرسالة الأصلية|αρχικό μήνυμα"
    r"|mesaj original|pôvodná správa|оригінальне повідомлення"
    r"|원본 메시지|forwarded message|(?:\w+ )?(?:message|nachricht|mensaje|messaggio|bericht"
    r"|meddelelse|meddelande|melding|mensagem|wiadomość|сообщение|zpráva|viesti|üzenet|mesaj))"
    r"\s*-{2,}[\s*_]*"
)
WROTE_BETWEEN = _compile(r"\s*-{2,}[^-].{0,200}(?:-{2,}|[:：])\s*")
"""“---- Ada Lind wrote ----”, as some phones write it."""

SENDER_LABEL = _compile(
    "from|von|de|da|van|fra|från|frå|od|от|від|lähettäjä|feladó|kimden|gönderen|差出人|发件人|寄件者"
    "|보낸 사람|từ|מאת|من|από|de la|от кого|expéditeur|remitente|mittente|afzender|afsender"
    "|avsändare|nadawca"
)
OTHER_LABEL = _compile(
    "sent|sent at|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|kopie|envoyé|date d'envoi"
    "|à|objet|sujet|enviado|enviado el|fecha|para|asunto|data|inviato|a|oggetto|verzonden|aan"
    "|onderwerp|sendt|dato|til|emne|skickat|till|ämne|wysłano|wysłane|do|temat|отправлено|дата"
    "|кому|тема|odesláno|posláno|komu|předmět|lähetetty|vastaanottaja|aihe|küldve|címzett|tárgy"
    "|gönderildi|tarih|kime|konu|送信日時|日付|宛先|件名|发送时间|日期|收件人|主题|主題|寄件日期"
    "|收件者|받는 사람|보낸 날짜|제목|gửi|đến|ngày|chủ đề|enviada|enviada em|assunto"
    "|נשלח|אל|נושא|תאריך|עותק|إلى|تم الإرسال|الموضوع|التاريخ|προς|θέμα|στάλθηκε|ημερομηνία"
    "|către|trimis|subiect|odoslané|predmet|надіслано"
)
"""The labels of a header block such as Outlook sets above a quotation: From: … Sent: … To: …"""

SENT_FROM = _compile(
    r"[\s*_(<\[]*(?:via mobile|sent(?: \w{4,12}ly)?|envoyé sans fil|von meinem|von meiner"
    r"|gesendet (?:von|mit)|diese nachricht wurde von"
    r"|envoyé (?:de|depuis|à partir)|enviado (?:desde|do|de|a partir)|inviato da|verzonden (?:vanaf"
    r"|vanuit|met)|verstuurd vanaf|sendt fra|skickat från|skickad från|wysłane? z"
    r"|отправлено [сиз]+"
    r"|odesláno z|odoslané z|lähetetty|trimis de pe|trimis din|надіслано з|изпратено от"
    r"|enviat des|poslano s|đã gửi từ|dikirim dari|εστάλη από|στάλθηκε από|أُ?رسلت من|נשלח מה?"
    r"|发自我?的?|從我的|送信元)"
    r"(?: |\b)(?P<by>(?:\S+ ){0,9}\S+)\s*"
)
SENT_FROM_AT_END = _compile(
    r".{0,30}(?:iphone|ipad)(?:から送信|에서 보냄| gesendet"
    r"|\S{0,8} (?:küldve|gönderildi|saadetud))\s*"
    r"|(?:发自我?的?|從我的|送信元).{1,40}"
    r"|[\s*_(<\[]*from my (?:\S+ )?(?:iphone|ipad|android|galaxy|blackberry|smartphone)(?: \d+)?\W*"
    r"|[\s*_]*(?:get|download|télécharger|obtenir|descargar|obtener|obtén|obter|baixar|scarica"
    r"|ottieni|downloaden?|hent|hämta|pobierz|lataa|hanki|holen sie sich|laden sie)"
    r" (?:outlook|bluemail|typeapp|spark|mymail|gmail) (?:\w+ )?(?:ios|android|mac)"
    r"\W{0,3}(?:https?:\S{1,80})?\s*"
)
DEVICE = _compile(
    r"terminal|phon|pad\b|ipod|android|blackberry|samsung|galaxy|huawei|pixel|nokia|windows|outlook"
    r"|mobile"
    r"|mobil|handy|smart|tablet|mail|telefon|teléfono|móvil|sparrow|proton|spark|device|wireless"
    r"|yahoo|aol\b|gmx|web\.de|thunderbird|desktop|fairphone|xperia|htc|superhuman"
)
DISCLAIMER = _compile(
    r"[\s*_]*(?:(?:this|the information in this|the (?:contents?|information) (?:of|contained in)"
    r" this) (?:e-?mail|message|communication|transmission)\b.{0,80}\b(?:confidential|privileged"
    r"|intended|proprietary)|(?:confidentiality|legal|privacy) (?:notice|note|disclaimer)\b"
    r"|disclaimer\s*:|if you are not the (?:intended|named) (?:recipient|addressee)"
    r"|please consider the environment|virus-?free\b|(?:this (?:e-?mail|message) )?(?:has been )?"
    r"(?:checked|scanned) (?:for viruses )?by\b|diese (?:e-?mail|nachricht) (?:enthält|ist"
    r"|kann).{0,60}vertraulich|ce (?:message|courriel|mail).{0,80}confidentiel"
    r"|este (?:mensaje|correo|e-?mail).{0,80}confidencial|questo messaggio.{0,80}(?:confidenzial"
    r"|riservat)|le informazioni contenute in questo|dit bericht.{0,80}vertrouwelijk"
    r"|esta mensagem.{0,80}confidencia)"
)
"""How the disclaimer begins that a company adds to every mail."""

TYPO_EXCUSE = _compile(
    r"[.,;–—-]*\s+(?:(?:so|and) )?(?:please |pls |kindly )?(?:excuse|forgive|pardon|ignore"
    r"|sorry (?:for|about))"
    r" (?:\w+ ){0,3}(?:typo|brevity|brief|spelling|error|mistake|autocorrect)\w*(?: \w+){0,3}\W*$"
)
"""An apology for a device's keyboard after its name."""

SENT_FROM_LINK = _compile(
    r"\s*sent (?:from|with|via|using) (?:[^\s<(]+ ?){1,3}[<(]https?:[^\s<>()]{1,200}[>)]\s*"
)
"""“Sent from Some Program”, with a link to it."""

NOT_A_DEVICE = _compile(r"[,;?]|\bdesk\b")

SIGN_OFF = _compile(
    r"(?:(?:kind(?:est)?|best|warm(?:est)?|many|with(?: kind| best)?|mit (?:freundlichen"
    r"|besten|lieben|vielen)|viele|liebe|beste|freundliche|schöne|met vriendelijke|hartelijke"
    r"|med (?:venlig|vennlig|vänliga?|kærlig|bästa)|venlig|vennlig|vänliga|bästa|mange|bien"
    r"|cordiali|distinti|un(?: cordial)?|muchas|mille|muito|hyvää|parhain|ystävällisin"
    r"|s|z|с|з|mnohé|serdecznie) )?"
    r"(?:(?:many )?thanks(?: again| a lot| in advance| so much| for \w+(?: \w+)?)?|thank you"
    r"(?: (?:very|so) much| again| in advance)?|thx|tnx|cheers|regards|rgds|best|wishes|sincerely"
    r"|yours(?: \w+)?|respectfully|ta|take care|all the best|talk soon|see you"
    r"|grüßen?|grüsse|gruß|gruss|dank|danke(?: schön)?|cordialement|à vous|merci(?: d'avance)?"
    r"|bonne journée|amicalement|sincères salutations|salutations|saludos?(?: cordiales)?"
    r"|atentamente|gracias|abrazos?|saluti|grazie|groet(?:en|jes)?|bedankt|hilsen(?:er)?|kh|tak"
    r"|hälsningar|hälsning|tack|takk|mvh|vänligen|pozdrawiam|poważaniem|pozdrawia|pozdravem"
    r"|pozdravom|děkuji|dziękuję|dzięki|terveisin|kiitos|üdvözlettel|köszönöm|saygılarımla"
    r"|teşekkürler|atenciosamente|cumprimentos|abraços?|obrigad[oa]|уважением|повагою|спасибо"
    r"|дякую|br|vg|mfg|lg|vlg)(?: (?:and|und|og|och) (?:best )?\w+)?\s*[,.!–-]*"
)
HEADER_BLOCK_ON_ONE_LINE = _compile(
    r"[\s*_]*(?:from|von|de|da|van|fra|från|od|от)\s?:[\s*_]*\S.{0,120}@\S+.{0,40}?[\s*_]"
    r"(?:sent|date|to|gesendet|datum|an|envoyé|à|enviado|fecha|para|inviato|data|verzonden|aan"
    r"|sendt"
    r"|skickat|wysłano|отправлено|дата)\s?:.*"
)
"""A header block that a program put on one line."""

SHARED_LINE = re.compile(
    r"(?P<own>.*\S)\s*?(?:-{2,}\s*)?\b"
    r"(?P<heading>On (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?.{5,200}? wrote:)\s*"
)
"""A heading that a program put on the last line of somebody's own text."""

THANKS = _compile(
    r"th(?:ank|x)|tnx|\bta\b|dank|merci|gracias|grazie|bedankt|\btak|tack|obrigad|dzięk|děkuj"
    r"|kiitos"
    r"|спасибо|дякую|köszön|teşekkür|see you|talk soon|best$"
)
"""A closing that may stand by itself, with no name below it."""

AUTO_REPLY_SUBJECT = _compile(
    r"[\[(]?(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response|answer)|auto:"
    r"|out of (?:the )?office|ooo\b|away from (?:(?:the )?office|my mail)|abwesenheit"
    r"|automatische antwort|automatisch antwoord|afwezig|réponse automatique|absence du bureau"
    r"|respuesta automática|fuera de la oficina|risposta automatica|fuori sede"
    r"|resposta automática|autosvar|automatiskt? svar|frånvaro|fravær|poissa"
    r"|automaattinen vastaus|automatyczna odpowiedź|odpowiedź automatyczna|nieobecn"
    r"|automatická odpověď|автоответ|автоматический ответ|otomatik yanıt|自动回复|自動回覆"
    r"|自動応答|不在|자동 회신|(?:on )?vacation(?= (?:auto|reply|response|message|notice)|$))"
    r"|.{0,300}\(auto(?:matic)?[ -]?(?:reply|response)\)$"
)
"""How the subject of an automatic reply begins, or in some programs ends."""

BOUNCE_SUBJECT = _compile(
    r"\W?(?:undeliver(?:able|ed)(?=$|:| -| (?:e-?)?mail| message)|non-?delivery(?=$|:| report)"
    r"|returned (?:e-?)?mail\b|failure (?:notice|delivery)$|failed mail\b"
    r"|(?:(?:permanent|message|e-?mail|mail) )?delivery (?:failure|has failed)(?=$|:| \(| noti)"
    r"|delivery (?:status )?(?:notification|report)(?=$|:| \()|delayed mail \("
    r"|(?:mail|message) delayed(?=$|:| \()|mail (?:system )?error(?=$|:| -)"
    r"|mail delivery (?:failed|problem|warning|(?:sub)?system)(?=$|:)|mail not delivered$"
    r"|warning: (?:message|e-?mail) .{0,60}(?:delayed|been delivered)"
    r"|message status - undeliver|(?:your )?(?:e-?mail|mail|message)(?: to \S+@\S+)?"
    r" (?:could|can) ?not be delivered(?=$|[.:])|ваше сообщение не доставлено"
    r"|系统退信|邮件(?:传输|投递)失败"
    r"|(?:unzustellbar|non remis|no se puede entregar|non recapitabile|não é possível entregar"
    r"|não entregue|onbestelbaar|kan ikke leveres|det går inte att leverera|olevererbart"
    r"|ei voi toimittaa|niedostarczalne|nie można dostarczyć|nedoručitelné|nelze doručit"
    r"|недоставлено|не уда(?:ется|ётся|лось) доставить|kézbesíthetetlen"
    r"|teslim edile(?:medi|miyor)|配信不能|无法投递|无法传递|無法傳遞|未传递|배달되지 않음)"
    r"(?=\s?[:：]|$))"
)
"""How the subject of a bounce begins; a subject about a failing product has more words.

What an incident is called stands in the subjects of our letters, and so of answers to them.
"""

BOUNCE_OPENING = _compile(
    r"\W*(?:this message was created automatically by mail delivery software"
    r"|this is the mail system at host|hi\. this is the .{1,60}\bprogram at"
    r"|this is an automatically generated delivery status|(?:a|the) message (?:that )?you sent"
    r" (?:could not|has not yet been) (?:be )?delivered to (?:one|any|all|\S+@)"
    r"|delivery (?:has failed )?to (?:these|the following) recipients?"
    r"|(?:your|this) (?:e-?mail|mail|message) (?:could not be|cannot be|was not|has not been)"
    r" delivered to:? (?:\S+@|the following|one or more)"
    r"|(?:diese|ihre) nachricht konnte nicht (?:an:? )?\S+@\S+ zugestellt"
    r"|votre message n['’]a pas pu [êe]tre (?:d[ée]livr[ée]|remis) [àa]:? \S+@"
    r"|an error occurred while trying to deliver (?:the|this|your) mail)"
)
"""How the text of a bounce begins, after lines of asterisks and the like."""

AUTO_REPLY_OPENING = _compile(
    r"\W*(?:this is an? (?:automatic|automated|auto|automatically generated)[ -]"
    r"(?:reply|response|answer)|i apologi[sz]e for this automatic reply"
    r"|(?:dies|das) ist eine automatische? (?:erzeugte |generierte )?antwort"
    r"|ceci est une réponse automatique|esta es una respuesta automática"
    r"|questa è una risposta automatica|dit is een automatisch antwoord)\b"
    r"|.{0,300}\b(?:account|address|mailbox) is protected by .{1,60}\bclick\b.{1,40}\blink\b"
    r".{1,40}\byour (?:e-?mail )?address\b"
)
"""How an automatic reply begins, or how it asks the sender to prove to be a person."""
