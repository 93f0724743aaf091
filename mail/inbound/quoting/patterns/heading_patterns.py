"""Headings and header blocks above a quotation or a forwarded mail, in many languages."""

from __future__ import annotations

import re

from rules.pattern_table import parse_table

FORWARD_INTRODUCTION = parse_table(
    r"""
    (?:begin )?forwarded message              ✓ Begin forwarded message:  ✗ Forwarded message
    anfang der weitergeleiteten (?:e-mail|nachricht)
        ✓ anfang der weitergeleiteten e-mail:  ✗ anfang der weitergeleiteten
    début du message (?:réexpédié|transféré)  ✓ début du message réexpédié:  ✗ début du message
    inicio del mensaje reenviado              ✓ inicio del mensaje reenviado:  ✗ inicio del mensaje
    inizio messaggio inoltrato                ✓ inizio messaggio inoltrato:  ✗ inizio messaggio
    begin doorgestuurd bericht                ✓ begin doorgestuurd bericht:  ✗ begin doorgestuurd
    (?:quoting|zitat von|citation de|cita de|citando) .{2,80}
        ✓ Quoting Ada Lind:  ✗ Quoting: Ada Lind
    """,
    r"\s*(?:{})\s?:\s*",
)

_ORIGINAL_MESSAGE_ROWS = r"""
    original message          ✓ --- original message ---  ✗ original message:
    original appointment      ✓ --- original appointment ---  ✗ original appointment:
    original-nachricht        ✓ --- original-nachricht ---  ✗ original-nachricht:
    ursprüngliche nachricht   ✓ --- ursprüngliche nachricht ---  ✗ ursprüngliche nachricht:
    originalnachricht         ✓ --- originalnachricht ---  ✗ originalnachricht:
    message d'origine         ✓ --- message d'origine ---  ✗ message d'origine:
    message original          ✓ --- message original ---  ✗ message original:
    message transféré         ✓ --- message transféré ---  ✗ message transféré:
    mensaje original          ✓ --- mensaje original ---  ✗ mensaje original:
    messaggio originale       ✓ --- messaggio originale ---  ✗ messaggio originale:
    oorspronkelijk bericht    ✓ --- oorspronkelijk bericht ---  ✗ oorspronkelijk bericht:
    oprindelig meddelelse     ✓ --- oprindelig meddelelse ---  ✗ oprindelig meddelelse:
    oprindelig besked         ✓ --- oprindelig besked ---  ✗ oprindelig besked:
    ursprungligt meddelande   ✓ --- ursprungligt meddelande ---  ✗ ursprungligt meddelande:
    originalmeddelande        ✓ --- originalmeddelande ---  ✗ originalmeddelande:
    opprinnelig melding       ✓ --- opprinnelig melding ---  ✗ opprinnelig melding:
    mensagem original         ✓ --- mensagem original ---  ✗ mensagem original:
    wiadomość oryginalna      ✓ --- wiadomość oryginalna ---  ✗ wiadomość oryginalna:
    oryginalna wiadomość      ✓ --- oryginalna wiadomość ---  ✗ oryginalna wiadomość:
    исходное сообщение        ✓ --- исходное сообщение ---  ✗ исходное сообщение:
    пересылаемое сообщение    ✓ --- пересылаемое сообщение ---  ✗ пересылаемое сообщение:
    původní zpráva            ✓ --- původní zpráva ---  ✗ původní zpráva:
    původní e-mail            ✓ --- původní e-mail ---  ✗ původní e-mail:
    alkuperäinen viesti       ✓ --- alkuperäinen viesti ---  ✗ alkuperäinen viesti:
    eredeti üzenet            ✓ --- eredeti üzenet ---  ✗ eredeti üzenet:
    orijinal mesaj            ✓ --- orijinal mesaj ---  ✗ orijinal mesaj:
    元のメッセージ            ✓ --- 元のメッセージ ---  ✗ 元のメッセージ:
    原始邮件                  ✓ --- 原始邮件 ---  ✗ 原始邮件:
    原始郵件                  ✓ --- 原始郵件 ---  ✗ 原始郵件:
    邮件原件                  ✓ --- 邮件原件 ---  ✗ 邮件原件:
    原邮件                    ✓ --- 原邮件 ---  ✗ 原邮件:
    转发邮件                  ✓ --- 转发邮件 ---  ✗ 转发邮件:
    轉寄郵件                  ✓ --- 轉寄郵件 ---  ✗ 轉寄郵件:
    הודעה מקורית              ✓ --- הודעה מקורית ---  ✗ הודעה מקורית:
    הודעה שהועברה             ✓ --- הודעה שהועברה ---  ✗ הודעה שהועברה:
    الرسالة الأصلية           ✓ --- الرسالة الأصلية ---  ✗ الرسالة الأصلية:
    αρχικό μήνυμα             ✓ --- αρχικό μήνυμα ---  ✗ αρχικό μήνυμα:
    mesaj original            ✓ --- mesaj original ---  ✗ mesaj original:
    pôvodná správa            ✓ --- pôvodná správa ---  ✗ pôvodná správa:
    оригінальне повідомлення  ✓ --- оригінальне повідомлення ---  ✗ оригінальне повідомлення:
    원본 메시지               ✓ --- 원본 메시지 ---  ✗ 원본 메시지:
    forwarded message         ✓ --- forwarded message ---  ✗ forwarded message:
    """

ORIGINAL_MESSAGE = parse_table(
    _ORIGINAL_MESSAGE_ROWS, r"(?<![\s*_-])[\s*_]*-{2,}\s*(?:{})\s*-{2,}[\s*_]*"
)
SHARED_ORIGINAL_MESSAGE = parse_table(
    _ORIGINAL_MESSAGE_ROWS, r"(?<!-)-{2,40}\s{0,3}(?:{})\s{0,3}-{2,40}"
)
"""The same where it may stand behind other words."""

ANY_MESSAGE = parse_table(
    r"""
    (?:\w+ )?(?:message|nachricht|mensaje|messaggio|bericht|meddelelse|meddelande|melding
    |mensagem|wiadomość|сообщение|zpráva|viesti|üzenet|mesaj)
        ✓ --- Forwarded message ---  ✗ --- A forwarded message ---
    """,
    r"(?<![\s*_-])[\s*_]*-{2,}\s*(?:{})\s*-{2,}[\s*_]*",
)
"""“--- Some message ---”: a heading only above a header line or a marked quotation."""

CAPITALIZED_MESSAGE = re.compile(
    r"\s*-{4,}\s?(?!Error|Log|Alert|Commit|Slack|Chat|Status|Warning|Debug|Kernel|Fehler|Erreur)"
    r"[A-ZÀ-ÞА-Я]\w+ (?:Message|Nachricht|Mensaje|Messaggio|Bericht|Meddelelse|Meddelande|Melding"
    r"|Mensagem|Wiadomość|Сообщение|Zpráva|Viesti|Üzenet|Mesaj)\s?-{4,}\s*"
)
"""“-----Reply Message-----”: a heading as programs write it, whatever stands below."""

FORWARD_HEADING = parse_table(
    r"""
    <FORWARD_INTRODUCTION>  ✓ Begin forwarded message:  ✗ Begin forwarding
    [\s*_]*(?:from|von|de|da|van|fra|från|od|от)\s?:[\s*_]*[^<>]{1,60}<[^<>\s]+@[^<>\s]+>\s*
        ✓ From: Ada Lind <ada@example.org>  ✗ From: ada@example.org
    -{2,}\s*(?:forwarded|weitergeleitet|transféré|réexpédié|reenviado|inoltrato|doorgestuurd
    |vidarebefordrat|videresendt|encaminhado) (?:by|von|par|por|da|door|av|af) .{1,80}\d.{0,40}-{2,}
        ✓ ----- Forwarded by Ada Lind on 03/02/2026 -----  ✗ ----- Forwarded by Ada Lind -----
    <ORIGINAL_MESSAGE>      ✓ -----Original Message-----  ✗ Original Message
    """,
    parts={"FORWARD_INTRODUCTION": FORWARD_INTRODUCTION, "ORIGINAL_MESSAGE": ORIGINAL_MESSAGE},
)

WROTE_BETWEEN = re.compile(r"\s*-{2,}[^-].{0,200}(?:-{2,}|[:：])\s*", re.IGNORECASE)
"""“---- Ada Lind wrote ----”, as some phones write it."""

SENDER_LABEL = parse_table(
    r"""
    from|von|de|da|van|fra|från           ✓ from  ✗ fro
    frå|od|от|від|lähettäjä|feladó        ✓ frå  ✗ fr
    kimden|gönderen|差出人|发件人|寄件者  ✓ kimden  ✗ kimde
    보낸 사람|từ|מאת|من|από|de la         ✓ 보낸 사람  ✗ 보낸
    от кого|expéditeur|remitente          ✓ от кого  ✗ от
    mittente|afzender|afsender            ✓ mittente  ✗ mittent
    avsändare|nadawca                     ✓ avsändare  ✗ avsändar
    """,
    is_fragment=True,
)

OTHER_LABEL = parse_table(
    r"""
    sent|sent at|date|to|cc|subject|reply-to  ✓ sent  ✗ sen
    gesendet|datum|an|betreff|kopie|envoyé    ✓ gesendet  ✗ gesende
    date d'envoi|à|objet|sujet|enviado        ✓ date d'envoi  ✗ date
    enviado el|fecha|para|asunto|data         ✓ enviado el  ✗ enviado
    inviato|a|oggetto|verzonden|aan           ✓ inviato  ✗ inviat
    onderwerp|sendt|dato|til|emne|skickat     ✓ onderwerp  ✗ onderwer
    till|ämne|wysłano|wysłane|do|temat        ✓ till  ✗ til
    отправлено|дата|кому|тема|odesláno        ✓ отправлено  ✗ отправлен
    posláno|komu|předmět|lähetetty            ✓ posláno  ✗ poslán
    vastaanottaja|aihe|küldve|címzett|tárgy   ✓ vastaanottaja  ✗ vastaanottaj
    gönderildi|tarih|kime|konu|送信日時|日付|宛先|件名  ✓ gönderildi  ✗ gönderild
    发送时间|日期|收件人|主题|主題|寄件日期|收件者|받는 사람|보낸 날짜  ✓ 发送时间  ✗ 发送时
    제목|gửi|đến|ngày|chủ đề|enviada          ✓ 제목  ✗ 제
    enviada em|assunto|נשלח|אל|נושא|תאריך     ✓ enviada em  ✗ enviada
    עותק|إلى|تم الإرسال|الموضوع|التاريخ|προς  ✓ עותק  ✗ עות
    θέμα|στάλθηκε|ημερομηνία|către|trimis     ✓ θέμα  ✗ θέμ
    subiect|odoslané|predmet|надіслано        ✓ subiect  ✗ subiec
    """,
    is_fragment=True,
)
"""The labels of a header block such as Outlook sets above a quotation: From: … Sent: … To: …"""

SENDER_WORDS = "from|von|de|da|van|fra|från|od|от"

NOTES_HEADING = re.compile(
    r"\s*\S.{0,60} -{2,3}\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}[:.]\d{2}.{0,15}?-{2,3}.*"
)
"""“Ada Lind ---03/02/2026 09:00:00 AM---The first line”, as Notes sets it above a quotation."""

HEADER_BLOCK_ON_ONE_LINE = re.compile(
    rf"[\s*_]*(?:{SENDER_WORDS})\s?:[\s*_]*\S.{{0,120}}@\S+.{{0,40}}?[\s*_]"
    r"(?:sent|date|to|gesendet|datum|an|envoyé|à|enviado|fecha|para|inviato|data|verzonden|aan|sendt|skickat|wysłano|отправлено"
    r"|дата)\s?:.*",
    re.IGNORECASE,
)
"""A header block that a program put on one line."""
