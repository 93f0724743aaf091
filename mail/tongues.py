"""How mail programs speak above a quotation and below a text, in many languages."""

from __future__ import annotations

import re


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


WROTE = _pattern(
    r"\b(?:wrote|writes|sent|schrieb|a écrit|écrit|escribió|ha scritto|scrisse|schreef|skrev|skreiv"
    r"|napisał(?:\(a\))?a?|pisze|написала?|пишет|пише|писал[аи]?|escreveu|kirjoitti|yazdı|yazmış"
    r"|napsala?|írta|a scris|skrifaði|viết|đã viết|ha escrit)\b"
    r"|写道|寫道|のメッセージ|作成|작성|يكتب|كتب|כתב"
)
BEGINS = _pattern(
    r"[-–—>* ]{0,4}(?:(?:on|am|le|el|il|op|em|den|dne|dnia|w dniu|на|в|vào|a|pada|la)\s|\W?\d"
    r"|\w{2,9}[.,]?\s+(?:den\s+)?\d|(?:from|von|de)\b|在|[^\s@]+ [^@]{0,60}<[^\s<>]+@)"
)
"""How “On …, … wrote:” begins: with a small word, a date, a weekday, or whoever wrote."""

DATED = _pattern(r"\d{4}|\d{1,2}[:.h]\d{2}|\d{1,2}[./]\d{1,2}")
ADDRESSED = _pattern(r"[<\[(]?[^\s<>@]{1,80}@[^\s<>@]{1,120}[>\])]?")

ORIGINAL = _pattern(
    r"[\s*_]*-{2,}\s*(?:original message|original appointment|original-nachricht"
    r"|ursprüngliche nachricht|originalnachricht|message d'origine|message original"
    r"|message transféré|mensaje original|messaggio originale|oorspronkelijk bericht"
    r"|oprindelig meddelelse|oprindelig besked|ursprungligt meddelande|originalmeddelande"
    r"|opprinnelig melding|mensagem original|wiadomość oryginalna|oryginalna wiadomość"
    r"|исходное сообщение|пересылаемое сообщение|původní zpráva|původní e-mail"
    r"|alkuperäinen viesti|eredeti üzenet|orijinal mesaj|元のメッセージ|原始邮件|原始郵件"
    r"|원본 메시지|forwarded message|reply message)\s*-{2,}[\s*_]*"
)
WROTE_BETWEEN = _pattern(r"\s*-{2,}[^-].{0,200}(?:-{2,}|[:：])\s*")
"""“---- Ada Lind wrote ----”, as some phones write it."""

SENDER_LABEL = _pattern(
    "from|von|de|da|van|fra|från|frå|od|от|від|lähettäjä|feladó|kimden|gönderen|差出人|发件人|寄件者"
    "|보낸 사람|từ|expéditeur|remitente|mittente|afzender|afsender|avsändare|nadawca"
)
OTHER_LABEL = _pattern(
    "sent|sent at|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|kopie|envoyé|date d'envoi"
    "|à|objet|sujet|enviado|enviado el|fecha|para|asunto|data|inviato|a|oggetto|verzonden|aan"
    "|onderwerp|sendt|dato|til|emne|skickat|till|ämne|wysłano|wysłane|do|temat|отправлено|дата"
    "|кому|тема|odesláno|posláno|komu|předmět|lähetetty|vastaanottaja|aihe|küldve|címzett|tárgy"
    "|gönderildi|tarih|kime|konu|送信日時|日付|宛先|件名|发送时间|日期|收件人|主题|主題|寄件日期"
    "|收件者|받는 사람|보낸 날짜|제목|gửi|đến|ngày|chủ đề|enviada|enviada em|assunto"
)
"""The labels of a header block such as Outlook sets above a quotation: From: … Sent: … To: …"""

SENT_FROM = _pattern(
    r"\s*[*_]*(?:sent|get|von meinem|von meiner|gesendet (?:von|mit)|diese nachricht wurde von"
    r"|envoyé (?:de|depuis|à partir)|enviado (?:desde|do|de|a partir)|inviato da|verzonden (?:vanaf"
    r"|vanuit|met)|verstuurd vanaf|sendt fra|skickat från|skickad från|wysłane? z|отправлено [сиз]+"
    r"|odesláno z|lähetetty|obtenir|holen sie sich|发自我?的?|從我的|送信元)"
    r"(?: |\b)(?P<by>(?:\S+ ){0,6}\S+)\s*"
)
SENT_FROM_AT_END = _pattern(r".{0,30}(?:iphone|ipad)(?:から送信|에서 보냄| gesendet)\s*")
DEVICE = _pattern(
    r"phone|pad\b|ipod|android|blackberry|samsung|galaxy|huawei|pixel|nokia|windows|outlook|mobile"
    r"|mobil|handy|smart|tablet|mail|telefon|teléfono|móvil|sparrow|proton|spark|device|wireless"
    r"|yahoo|aol\b|gmx|web\.de|thunderbird|desktop|fairphone|xperia|htc|superhuman"
)
NOT_A_DEVICE = _pattern(r"[,;?]|\bdesk\b")

SIGN_OFF = _pattern(
    r"(?:(?:kind(?:est)?|best|warm(?:est)?|many|with(?: kind| best)?|mit freundlichen|viele|liebe"
    r"|beste|freundliche) )?(?:thanks(?: again| a lot| in advance| so much)?|thank you|thx|cheers"
    r"|regards|best|wishes|sincerely|yours(?: \w+)?|ta|grüßen?|grüsse|cordialement|saludos"
    r"|saluti|groeten|hilsen|hälsningar|pozdrawiam|br|vg|mfg|lg)\s*[,.!–-]*"
)
ABSENT = _pattern(
    r"(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response|answer)|auto:|out of (?:the )?office"
    r"|ooo\b|away from (?:the )?office|abwesenheit|automatische antwort|automatisch antwoord"
    r"|afwezig|réponse automatique|absence du bureau|respuesta automática|fuera de la oficina"
    r"|risposta automatica|fuori sede|resposta automática|autosvar|automatiskt? svar|frånvaro"
    r"|fravær|poissa|automaattinen vastaus|automatyczna odpowiedź|odpowiedź automatyczna"
    r"|nieobecn|automatická odpověď|автоответ|автоматический ответ|otomatik yanıt|自动回复|自動回覆"
    r"|自動応答|不在|자동 회신|vacation|undeliver|returned mail|delivery (?:status|failure)"
    r"|mail delivery|failure notice|unzustellbar)"
)
"""How the subject of a machine's mail begins."""
