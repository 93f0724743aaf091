"""Reactions, recalls and receipts: what programs send when people press a button or just read."""

from __future__ import annotations

from rules.pattern_table import parse_table

REACTED = parse_table(
    r"""
    react(?:ed|s)?        ✓ Ada Lind reacted via Gmail  ✗ Ada Lind wrote via Gmail
    réagi                 ✓ Ada Lind a réagi via Gmail  ✗ Ada Lind via Gmail
    hat .{0,30}reagiert   ✓ Ada Lind hat über Gmail reagiert  ✗ Ada Lind hat Gmail
    reagi(?:to|u|r)?      ✓ Ada Lind ha reagito tramite Gmail  ✗ Ada Lind tramite Gmail
    reaccion\w*           ✓ Ada Lind reaccionó con Gmail  ✗ Ada Lind con Gmail
    gereageerd            ✓ Ada Lind heeft gereageerd via Gmail  ✗ Ada Lind via Gmail
    reage(?:r|erde)\w*    ✓ Ada Lind reagerade via Gmail  ✗ Ada Lind skrev via Gmail
    zareagowa\w*          ✓ Ada Lind zareagowała w Gmail  ✗ Ada Lind w Gmail
    zareagova\w*          ✓ Ada Lind zareagovala v Gmailu  ✗ Ada Lind v Gmailu
    отреагирова\w*        ✓ Ada Lind отреагировала в Gmail  ✗ Ada Lind в Gmail
    tepki \w+             ✓ Ada Lind Gmail üzerinden tepki verdi  ✗ Ada Lind Gmail üzerinden
    reagoi                ✓ Ada Lind reagoi Gmailissa  ✗ Ada Lind Gmailissa
    reagált               ✓ Ada Lind reagált Gmailben  ✗ Ada Lind Gmailben
    """,
    r"(?<!\w)(?:{})(?!\w)",
    is_fragment=True,
)
"""“Reacted”, as programs say it of somebody, in languages that put spaces between words."""

REACTION = parse_table(
    r"""
    \W{1,40}\s(?=.{1,200}gmail).{1,80}(?:<REACTED>|リアクション|回应|回應|반응).{0,300}
        ✓ 👍 Ada Lind reacted via Gmail <https://www.google.com/gmail/about/>  ✗ 👍 Sent from Gmail
    (?:\S{1,40} ){1,4}reacted via gmail(?: [<(]https?:\S{1,200}[>)])?
        ✓ Ada Lind reacted via Gmail  ✗ Ada Lind reacted via Gmail and accepts
    .{1,80} (?:reacted|liked|loved|laughed at|celebrated)\b.{0,30}\byour (?:e-?mail|message)\W{0,60}
        ✓ Ada Lind reacted to your message: 👍  ✗ Ada Lind answered your message: 👍
    \S{0,8}\s{0,3}(?:\S{1,40} ){1,4}(?:hat auf ihre nachricht reagiert|a réagi à votre message
    |(?:ha )?reaccion(?:ó|ado) a (?:su|tu) mensaje|ha reagito al (?:tuo|suo) messaggio
    |heeft op (?:je|uw) bericht gereageerd|reagiu à sua mensagem|reagerade på ditt meddelande
    |zareagował[a]? na (?:twoją|twój) wiadomość)\W{0,60}
        ✓ 👍 Ada Lind hat auf Ihre Nachricht reagiert:  ✗ Ada hat auf Ihre Nachricht geantwortet
    .{1,60} reacted(?: with)? \S{1,8} to your (?:e-?mail|message)\W{0,20}
        ✓ Ada Lind reacted 👍 to your message  ✗ Ada Lind answered 👍 to your message
    (?:[\w.'’-]{1,30} ){0,4}(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned
    |reacted \S{1,8} to|removed an? [\w ]{1,20} from) [“"„«].{1,600}[”"“»]
        ✓ Liked “Please accept A1”  ✗ Liked “Please accept A1”, but not A2
    (?:hat|a|ha) [“"„«].{1,600}[”"“»] .{0,40}(?:gefällt mir|aimé|gustado)\W{0,2}.{0,20}
        ✓ Hat „Please accept A1“ mit „Gefällt mir“ markiert  ✗ Hat „Please accept A1“ gelesen
    (?:gefällt|a aimé|a adoré|le gustó|ha apprezzato|vond leuk) [“"„«].{1,600}[”"“»]
        ✓ A aimé « Please accept A1 »  ✗ A accepté « Please accept A1 »
    """,
    r"\s*+(?:{})\s*$",
    parts={"REACTED": REACTED},
)
"""The whole text of a reaction: Gmail's, Outlook's, and those of telephones."""

RECALL_SUBJECT = parse_table(
    r"""
    (?:message )?recall            ✓ Recall: A1  ✗ Recall A1
    r[üu]ckruf                     ✓ Rückruf: A1  ✗ Rückruf A1
    rappel(?: de message)?         ✓ Rappel : A1  ✗ Rappel A1
    recuperar|recuperaci[óo]n      ✓ Recuperar: A1  ✗ Recuperar A1
    richiam[oa]\w*                 ✓ Richiamo: A1  ✗ Richiamo A1
    intrekk(?:en|ing)              ✓ Intrekken: A1  ✗ Intrekken A1
    (?:cancelar (?:o )?envio|recolher|recall da mensagem)
        ✓ Cancelar envio: A1  ✗ Cancelar envio A1
    återkalla\w*                   ✓ Återkalla: A1  ✗ Återkalla A1
    tilbagekald\w*|tilbakekall\w*  ✓ Tilbagekald: A1  ✗ Tilbagekald A1
    peruut\w*|takaisinkutsu        ✓ Peruutus: A1  ✗ Peruutus A1
    odwoła\w*|wycofa\w*            ✓ Odwołanie: A1  ✗ Odwołanie A1
    odvol\w*|st(?:ažení|iahnut\w*)  ✓ Odvolání: A1  ✗ Odvolání A1
    отзыв|отозв\w*                 ✓ Отзыв: A1  ✗ Отзыв A1
    geri (?:çek\w*|çağır\w*)       ✓ Geri Çağır: A1  ✗ Geri Çağır A1
    visszahív\w*|visszavon\w*      ✓ Visszahívás: A1  ✗ Visszahívás A1
    ανάκληση                       ✓ Ανάκληση: A1  ✗ Ανάκληση A1
    (?:メッセージの)?取り消し|回収  ✓ 取り消し: A1  ✗ 取り消し A1
    撤回|收回|회수                 ✓ 撤回: A1  ✗ 撤回 A1
    """,
    r"(?:{})\s?[:：]",
)
"""How the subject of Outlook's request begins to take a mail back."""

RECALL = parse_table(
    r"""
    would like to recall the message      ✓ Ada would like to recall the message, "A1".  ✗ to recall
    möchte die nachricht .{1,300} zurückrufen
        ✓ Ada möchte die Nachricht "A1" zurückrufen.  ✗ Ada möchte die Nachricht "A1" lesen
    (?:souhaite|souhaiterait|voudrait|désire) rappeler le message
        ✓ Ada souhaite rappeler le message « A1 ».  ✗ Ada souhaite lire le message
    (?:desea|quiere|quisiera|desearía) (?:recuperar|retirar) el mensaje
        ✓ Ada desea recuperar el mensaje "A1".  ✗ Ada desea leer el mensaje
    (?:desidera|vuole|vorrebbe) richiamare il messaggio
        ✓ Ada desidera richiamare il messaggio "A1".  ✗ Ada desidera il messaggio
    (?:wil|wenst|zou) (?:graag )?(?:het|dit) bericht .{1,300} (?:intrekken|terugroepen)
        ✓ Ada wil het bericht "A1" intrekken.  ✗ Ada wil het bericht lezen
    (?:gostaria de|deseja|pretende|quer) (?:cancelar|recuperar|recolher|retirar) .{0,20}mensagem
        ✓ Ada gostaria de recolher a mensagem "A1".  ✗ Ada gostaria da mensagem
    (?:vill|vil|ønsker|önskar) .{0,20}(?:återkalla|tilbagekalde|kalle tilbake|tilbakekalle)
        ✓ Ada vill återkalla meddelandet "A1".  ✗ Ada vill läsa meddelandet
    хо(?:чет|тел бы|тела бы) отозвать сообщение
        ✓ Ada хочет отозвать сообщение "A1".  ✗ Ada хочет сообщение
    """,
    r"[^.!?\n]{1,80}(?:{})",
)
"""How the text of such a request begins, in the languages whose wording is known."""

RECEIPT_SUBJECT = parse_table(
    r"""
    (?:not )?read|deleted|opened         ✓ Read: A1  ✗ Read A1
    (?:read|return|delivery) receipt     ✓ Read receipt: A1  ✗ Receipts of A1
    delivered|relayed|expanded           ✓ Delivered: A1  ✗ Delivered A1
    (?:nicht )?gelesen|ungelesen|zugestellt|gelöscht  ✓ Gelesen: A1  ✗ Gelesen A1
    (?:lese|empfangs)bestätigung         ✓ Lesebestätigung: A1  ✗ Lesebestätigung A1
    (?:non )?lu|remis|accusé de (?:réception|lecture)|confirmation de lecture
        ✓ Lu : A1  ✗ Lu A1
    (?:no )?leído|entregado|confirmación de (?:lectura|entrega)  ✓ Leído: A1  ✗ Leído A1
    (?:non )?letto|recapitato|conferma di (?:lettura|recapito)  ✓ Letto: A1  ✗ Letto A1
    (?:niet )?gelezen|bezorgd|leesbevestiging|ontvangstbevestiging  ✓ Gelezen: A1  ✗ Gelezen A1
    (?:não )?lid[ao]|entregue|confirmação de leitura|recibo de leitura  ✓ Lida: A1  ✗ Lida A1
    (?:inte )?läst|oläst|levererat|läskvitto  ✓ Läst: A1  ✗ Läst A1
    (?:ikke )?(?:læst|lest)|ulæst|ulest|leveret|levert|(?:læse|lese)kvittering
        ✓ Læst: A1  ✗ Læst A1
    luettu|lukematon|lukukuittaus        ✓ Luettu: A1  ✗ Luettu A1
    (?:nie )?przeczytan[oey]|dostarczono|potwierdzenie (?:odczytu|przeczytania)
        ✓ Przeczytano: A1  ✗ Przeczytano A1
    (?:ne)?přečten[oaé]|doručeno|(?:ne)?prečítan[éáo]|potvrzení o přečtení
        ✓ Přečteno: A1  ✗ Přečteno A1
    (?:не )?прочитано|(?:не )?прочтено|доставлено|уведомление о прочтении
        ✓ Прочитано: A1  ✗ Прочитано A1
    okun(?:du|madı)|okundu bilgisi       ✓ Okundu: A1  ✗ Okundu A1
    elolvasva|olvas(?:va|atlan)|olvasási visszaigazolás  ✓ Elolvasva: A1  ✗ Elolvasva A1
    (?:ne)?citit[ăe]?|διαβάστηκε|прочетено  ✓ Citit: A1  ✗ Citit A1
    開封済み|未開封|開封確認|既読        ✓ 開封済み: A1  ✗ 開封済み A1
    已读|已讀|未读|未讀|已读回执|讀取回條  ✓ 已读: A1  ✗ 已读 A1
    읽음|읽지 않음|수신 확인             ✓ 읽음: A1  ✗ 읽음 A1
    """,
    r"(?:{})(?:\s\([\w ]{1,30}\)\s?[:：–-]|\s?[:：])",
)
"""How the subject of a receipt begins: that a mail was delivered, read, or deleted unread."""

RECEIPT = parse_table(
    r"""
    your message .{0,400}\bwas (?:read|displayed|opened|deleted without being read) (?:on|at) \w+
        ✓ Your message To: Ada Subject: A1 was read on Monday, March 2  ✗ Your message was read
    your (?:message|mail) (?:has been|was) (?:successfully )?(?:delivered|relayed) to the following
        ✓ Your message has been delivered to the following recipients:  ✗ Your message was delivered
    this is a (?:return|read|delivery) receipt for
        ✓ This is a Return Receipt for the mail that you sent  ✗ This is a receipt
    this receipt (?:verifies|acknowledges|confirms) that
        ✓ This receipt verifies that the message was displayed  ✗ This receipt
    (?:dies|das) ist eine (?:empfangs|lese)bestätigung für
        ✓ Dies ist eine Empfangsbestätigung für eine E-Mail  ✗ Dies ist eine Bestätigung
    (?:ihre|die) nachricht .{0,400}\bwurde (?:am|um) .{1,80}\b(?:gelesen|angezeigt|ungelesen)
        ✓ Ihre Nachricht An: Ada wurde am Montag, 2. März, gelesen  ✗ Ihre Nachricht wurde gelesen
    ceci est un accusé de (?:réception|lecture)
        ✓ Ceci est un accusé de réception pour le courrier  ✗ Ceci est un accusé
    votre message .{0,400}\ba été (?:lu|affiché|supprimé sans être lu) (?:le|à)
        ✓ Votre message À : Ada a été lu le lundi 2 mars  ✗ Votre message a été lu
    (?:su|el) mensaje .{0,400}\b(?:fue leído|se leyó|ha sido leído) el
        ✓ Su mensaje Para: Ada fue leído el lunes  ✗ Su mensaje fue leído
    il (?:suo )?messaggio .{0,400}\bè stato (?:letto|visualizzato) (?:il|in data|alle)
        ✓ Il messaggio A: Ada è stato letto il 2 marzo  ✗ Il messaggio è stato letto
    uw bericht .{0,400}\bis gelezen op  ✓ Uw bericht Aan: Ada is gelezen op 2 maart  ✗ Uw bericht is
    (?:a )?sua mensagem .{0,400}\bfoi lida em  ✓ Sua mensagem foi lida em 2 de março  ✗ Sua mensagem
    ваше сообщение .{0,400}\b(?:было )?прочитано \d
        ✓ Ваше сообщение прочитано 02.03.2026  ✗ Ваше сообщение прочитано
    """,
    r"\W*(?:{})",
)
"""How the text of a receipt begins, its lines joined."""
