"""Subjects, first words and headers of automated mail, in many languages."""

from __future__ import annotations

import re

from rules.pattern_table import parse_table

AUTO_REPLY_SUBJECT = parse_table(
    r"""
    automatic reply                               ✓ automatic reply  ✗ automatic
    auto(?:matic)?[ -]?(?:reply|response|answer)  ✓ autoreply  ✗ autorepl
    auto:                                         ✓ auto:  ✗ auto
    out of (?:the )?office                        ✓ out of office  ✗ out of
    oo[of]\b                                      ✓ OOF: A1  ✗ oo
    [\w.,'’/-]{2,30}(?: [\w.,'’/-]{1,30}){0,4} is (?:currently )?out of (?:the )?office
        ✓ Ada Lind/Example is out of the office  ✗ Ada Lind is out of the room
    [\w.,'’/-]{2,30}(?: [\w.,'’/-]{1,30}){0,4} ist (?:derzeit |zur zeit )?(?:nicht im (?:büro|haus)
    |außer haus|abwesend)
        ✓ Ada Lind ist nicht im Büro  ✗ Ada Lind ist im Büro
    (?:parental|maternity|paternity|annual|sick|family|medical) leave
    (?=\s?(?:[:：]|re:|auto|$)|\s[–-]\s)
        ✓ Parental leave Re: A1  ✗ Parental leave days nobody is paged
    away from (?:(?:the )?office|my mail)         ✓ away from office  ✗ away from
    abwesenheit                                   ✓ abwesenheit  ✗ abwesenhei
    automatische antwort                          ✓ automatische antwort  ✗ automatische
    automatisch antwoord                          ✓ automatisch antwoord  ✗ automatisch
    afwezig                                       ✓ afwezig  ✗ afwezi
    réponse automatique                           ✓ réponse automatique  ✗ réponse
    absence du bureau                             ✓ absence du bureau  ✗ absence du
    respuesta automática                          ✓ respuesta automática  ✗ respuesta
    fuera de la oficina                           ✓ fuera de la oficina  ✗ fuera de la
    risposta automatica                           ✓ risposta automatica  ✗ risposta
    fuori sede                                    ✓ fuori sede  ✗ fuori
    resposta automática                           ✓ resposta automática  ✗ resposta
    autosvar                                      ✓ autosvar  ✗ autosva
    automatiskt? svar                             ✓ automatisk svar  ✗ automatisk
    frånvaro                                      ✓ frånvaro  ✗ frånvar
    fravær                                        ✓ fravær  ✗ fravæ
    poissa                                        ✓ poissa  ✗ poiss
    automaattinen vastaus                         ✓ automaattinen vastaus  ✗ automaattinen
    automatyczna odpowiedź                        ✓ automatyczna odpowiedź  ✗ automatyczna
    odpowiedź automatyczna                        ✓ odpowiedź automatyczna  ✗ odpowiedź
    nieobecn                                      ✓ nieobecn  ✗ nieobec
    automatická odpověď                           ✓ automatická odpověď  ✗ automatická
    автоответ                                     ✓ автоответ  ✗ автоотве
    автоматический ответ                          ✓ автоматический ответ  ✗ автоматический
    otomatik yanıt                                ✓ otomatik yanıt  ✗ otomatik
    自动(?:回复|答复)                             ✓ 自动答复  ✗ 自动回
    自動回覆                                      ✓ 自動回覆  ✗ 自動回
    自動応答                                      ✓ 自動応答  ✗ 自動応
    不在                                          ✓ 不在  ✗ 不
    (?:abwesend|nicht im (?:büro|haus)|urlaub|im urlaub|automatische rückantwort)(?=\s?[:：])
        ✓ Abwesend: A1  ✗ Abwesend
    (?:absente?|absence|en congés?|congés|hors (?:du )?bureau)(?=\s?[:：])
        ✓ Absent : A1  ✗ Absent A1
    (?:ausente|ausencia|ausência|fora do escritório|de vacaciones|férias)(?=\s?[:：])
        ✓ Ausente: A1  ✗ Ausente A1
    (?:assente|assenza|fuori ufficio|in ferie)(?=\s?[:：])  ✓ Assente: A1  ✗ Assente A1
    (?:niet aanwezig|afwezigheid|op vakantie|vakantie)(?=\s?[:：])
        ✓ Niet aanwezig: A1  ✗ Niet aanwezig A1
    (?:(?:inte|ej) på kontoret|ikke (?:på kontoret|til stede)|på semester|ferie)(?=\s?[:：])
        ✓ Ej på kontoret: A1  ✗ Ej på kontoret A1
    (?:poza biurem|urlop|mimo kancelář|nepřítomn\w*|mimo kancelárie|neprítomn\w*)(?=\s?[:：])
        ✓ Poza biurem: A1  ✗ Poza biurem A1
    (?:вне офиса|нет на месте|отсутству\w*|в отпуске|ofis dışında\w*|házon kívül)(?=\s?[:：])
        ✓ Вне офиса: A1  ✗ Вне офиса A1
    (?:távollét\w*|automatikus válasz|εκτός γραφείου|răspuns automat|απουσία)(?=\s?[:：])
        ✓ Automatikus válasz: A1  ✗ Automatikus válasz A1
    (?:автоматична відповідь|автоматичен отговор|αυτόματη απάντηση|resposta automàtica)(?=\s?[:：])
        ✓ Автоматична відповідь: A1  ✗ Автоматична відповідь A1
    (?:automatinis atsakymas|automātiskā atbilde|automaatvastus|samodejni odgovor)(?=\s?[:：])
        ✓ Automatinis atsakymas: A1  ✗ Automatinis atsakymas A1
    (?:automatski odgovor|аутоматски одговор|автоматски одговор|automatická odpoveď)(?=\s?[:：])
        ✓ Automatski odgovor: A1  ✗ Automatski odgovor A1
    (?:sjálfvirkt svar|erantzun automatikoa|ymateb awtomatig|përgjigje automatike)(?=\s?[:：])
        ✓ Sjálfvirkt svar: A1  ✗ Sjálfvirkt svar A1
    (?:trả lời tự động|balasan (?:otomatis|automatik)|ตอบกลับอัตโนมัติ|автоматты жауап)(?=\s?[:：])
        ✓ Balasan otomatis: A1  ✗ Balasan otomatis A1
    (?:תשובה אוטומטית|رد تلقائي|پاسخ خودکار|स्वचालित उत्तर)(?=\s?[:：])
        ✓ رد تلقائي: A1  ✗ رد تلقائي A1
    (?:away|on (?:annual |parental |sick )?leave|annual leave|on holidays?|pto)(?=\s?[:：])
        ✓ On leave: A1  ✗ On leave A1
    (?:休暇|外出中|休假|外出|부재중|자동 응답|不在通知)(?=\s?[:：])  ✓ 休暇: A1  ✗ 休暇 A1
    자동 회신                                     ✓ 자동 회신  ✗ 자동
    (?:on )?vacation(?= (?:auto|reply|response|message|notice)|$)
        ✓ On vacation  ✗ On vacation days nobody is paged
    """,
    r"[\[(]?(?:{})|.{0,300}\(auto(?:matic)?[ -]?(?:reply|response)\)$",
)
"""How the subject of an automatic reply begins, or in some programs ends."""

UNDELIVERABLE = parse_table(
    r"""
    unzustellbar                        ✓ unzustellbar: A1  ✗ unzustellbar A1
    non remis                           ✓ non remis: A1  ✗ non remis A1
    no se puede entregar                ✓ no se puede entregar: A1  ✗ no se puede entregar A1
    non recapitabile                    ✓ non recapitabile: A1  ✗ non recapitabile A1
    não é possível entregar             ✓ não é possível entregar: A1  ✗ não é possível entregar A1
    não entregue                        ✓ não entregue: A1  ✗ não entregue A1
    onbestelbaar                        ✓ onbestelbaar: A1  ✗ onbestelbaar A1
    kan ikke leveres                    ✓ kan ikke leveres: A1  ✗ kan ikke leveres A1
    det går inte att leverera  ✓ det går inte att leverera: A1  ✗ det går inte att leverera A1
    olevererbart                        ✓ olevererbart: A1  ✗ olevererbart A1
    ei voi toimittaa                    ✓ ei voi toimittaa: A1  ✗ ei voi toimittaa A1
    niedostarczalne                     ✓ niedostarczalne: A1  ✗ niedostarczalne A1
    nie można dostarczyć                ✓ nie można dostarczyć: A1  ✗ nie można dostarczyć A1
    nedoručitelné                       ✓ nedoručitelné: A1  ✗ nedoručitelné A1
    nelze doručit                       ✓ nelze doručit: A1  ✗ nelze doručit A1
    недоставлено                        ✓ недоставлено: A1  ✗ недоставлено A1
    не уда(?:ется|ётся|лось) доставить  ✓ Не удалось доставить: A1  ✗ Не удалось
    kézbesíthetetlen                    ✓ kézbesíthetetlen: A1  ✗ kézbesíthetetlen A1
    teslim edile(?:medi|miyor)          ✓ teslim edilemedi  ✗ teslim
    配信不能                            ✓ 配信不能: A1  ✗ 配信不能 A1
    无法投递                            ✓ 无法投递: A1  ✗ 无法投递 A1
    无法传递                            ✓ 无法传递: A1  ✗ 无法传递 A1
    無法傳遞                            ✓ 無法傳遞: A1  ✗ 無法傳遞 A1
    未传递                              ✓ 未传递: A1  ✗ 未传递 A1
    배달되지 않음                       ✓ 배달되지 않음: A1  ✗ 배달되지 않음 A1
    """,
    r"(?:{})(?=\s?[:：]|$)",
)
"""“Undeliverable” in other languages, alone or before a colon."""

BOUNCE_SUBJECT = parse_table(
    r"""
    undeliver(?:able|ed)(?=$|:| -| (?:e-?)?mail| message)
        ✓ Undeliverable: A1  ✗ Undelivered parcels
    non-?delivery(?=$|:| report)         ✓ Non-delivery report  ✗ Non-delivery of parcels
    returned (?:e-?)?mail\b              ✓ returned mail  ✗ returned
    failure (?:notice|delivery)$         ✓ failure notice  ✗ failure notice for checkout
    failed mail\b                        ✓ failed mail  ✗ failed
    (?:(?:permanent|message|e-?mail|mail) )?delivery (?:failure|has failed)(?=$|:| \(| noti)
        ✓ Delivery failure: A1  ✗ Delivery failure of invoices
    delivery (?:status )?(?:notification|report)(?=$|:| \()
        ✓ Delivery Status Notification (Failure)  ✗ Delivery notification is slow
    delayed mail \(                      ✓ Delayed Mail (still being retried)  ✗ Delayed mail
    (?:mail|message) delayed(?=$|:| \()  ✓ Message delayed: A1  ✗ Message delayed by an hour
    mail (?:system )?error(?=$|:| -)     ✓ Mail System Error - Returned Mail  ✗ Mail error rate rose
    mail delivery (?:failed|problem|warning|(?:sub)?system)(?=$|:)
        ✓ Mail delivery failed: returning message  ✗ Mail delivery failed for an hour
    mail not delivered$                  ✓ Mail not delivered  ✗ Mail not delivered for an hour
    warning: (?:message|e-?mail) .{0,60}(?:delayed|been delivered)
        ✓ Warning: message 1x delayed 24 hours  ✗ Warning: message queue is full
    message status - undeliver           ✓ Message status - undeliverable  ✗ Message status page
    (?:your )?(?:e-?mail|mail|message)(?: to \S+@\S+)? (?:could|can) ?not be delivered(?=$|[.:])
        ✓ Your message could not be delivered.  ✗ Message could not be delivered to the queue
    ваше сообщение не доставлено         ✓ ваше сообщение не доставлено  ✗ ваше сообщение не
    系统退信                             ✓ 系统退信  ✗ 系统退
    邮件(?:传输|投递)失败                ✓ 邮件传输失败  ✗ 邮件传输失
    <UNDELIVERABLE>                      ✓ Unzustellbar: A1  ✗ Unzustellbare Pakete
    """,
    r"\W?(?:{})",
    parts={"UNDELIVERABLE": UNDELIVERABLE},
)
"""How the subject of a bounce begins; a subject about a failing product has more words.

What an incident is called is part of the subjects of our emails, and so of answers to them.
"""

BOUNCE_OPENING = parse_table(
    r"""
    this message was created automatically by mail delivery software
        ✓ This message was created automatically by mail delivery software  ✗ This message
    this is the mail system at host  ✓ this is the mail system at host  ✗ this is the mail system at
    hi\. this is the .{1,60}\bprogram at
        ✓ Hi. This is the qmail-send program at x  ✗ Hi. This is the program
    this is an automatically generated delivery status
        ✓ This is an automatically generated Delivery Status  ✗ This is a status
    (?:a|the) message (?:that )?you sent (?:could not
    |has not yet been) (?:be )?delivered to (?:one|any|all|\S+@)
        ✓ A message that you sent could not be delivered to one  ✗ A message that you sent was read
    delivery (?:has failed )?to (?:these|the following) recipients?
        ✓ Delivery has failed to these recipients  ✗ Delivery has failed to start
    (?:your|this) (?:e-?mail|mail|message) (?:could not be|cannot be|was not
    |has not been) delivered to:? (?:\S+@|the following|one or more)
        ✓ Your mail was not delivered to ada@example.org  ✗ Your mail was not delivered to all
    (?:diese|ihre) nachricht konnte nicht (?:an:? )?\S+@\S+ zugestellt
        ✓ Ihre Nachricht konnte nicht an ada@x.org zugestellt  ✗ Ihre Nachricht wurde zugestellt
    votre message n['’]a pas pu [êe]tre (?:d[ée]livr[ée]|remis) [àa]:? \S+@
        ✓ Votre message n’a pas pu être remis à ada@x.org  ✗ Votre message a été remis
    an error occurred while trying to deliver (?:the|this|your) mail
        ✓ An error occurred while trying to deliver the mail  ✗ An error occurred
    """,
    r"\W*(?:{})",
)
"""How the text of a bounce begins, after lines of asterisks and the like."""

THIS_IS_AUTOMATIC = parse_table(
    r"""
    this is an? (?:automatic|automated|auto|automatically generated)[ -](?:reply|response
    |answer)
        ✓ this is a automatic-reply  ✗ this is a
    i apologi[sz]e for this automatic reply
        ✓ i apologise for this automatic reply  ✗ i apologise for this automatic
    (?:dies|das) ist eine automatische? (?:erzeugte |generierte )?antwort
        ✓ dies ist eine automatisch antwort  ✗ dies ist eine automatisch
    ceci est une réponse automatique  ✓ ceci est une réponse automatique  ✗ ceci est une réponse
    esta es una respuesta automática  ✓ esta es una respuesta automática  ✗ esta es una respuesta
    questa è una risposta automatica  ✓ questa è una risposta automatica  ✗ questa è una risposta
    dit is een automatisch antwoord   ✓ dit is een automatisch antwoord  ✗ dit is een automatisch
    """,
    r"\W*(?:{})\b",
)

AUTO_REPLY_OPENING = parse_table(
    r"""
    <THIS_IS_AUTOMATIC>  ✓ This is an automatic reply  ✗ This is an answer
    .{0,300}\b(?:account|address
    |mailbox) is protected by .{1,60}\bclick\b.{1,40}\blink\b.{1,40}\byour (?:e-?mail )?address\b
        ✓ My mailbox is protected by X; click a link to give your address  ✗ My mailbox is full
    \W{0,8}please (?:type|write) your reply above this line
        ✓ ##- Please type your reply above this line -##  ✗ Please type your reply
    .{0,60}\byour (?:request|ticket|case|inquiry|enquiry) [(#]{0,2}\d{2,12}\)? (?:has been|was)\s
    (?:received|created|opened|logged|registered|updated)\b
        ✓ Your request (12345) has been received  ✗ Your request for 12345 was fine
    .{0,60}\bthank(?: you|s) for (?:contacting|writing to|reaching out to
    |your (?:e-?mail|message|request|inquiry|enquiry))\b.{0,200}\b(?:has been|was|been) (?:received
    |created|opened|logged|assigned|registered)\b
        ✓ Thank you for contacting us. Your request has been received  ✗ Thank you for your email
    (?:we have received your|your) (?:request|e-?mail|message|inquiry|enquiry|ticket)\b.{0,80}
    \b(?:ticket|case|reference|request) (?:number|id|no\.?|#).{0,80}
        ✓ Your request has been received with ticket number 7  ✗ Your request is done
    """,
    parts={"THIS_IS_AUTOMATIC": THIS_IS_AUTOMATIC},
)
"""How an automatic reply begins, or how it asks the sender to prove to be a person."""

AUTO_REPLY_HEADER = parse_table(
    r"""
    x-auto-?(?:response|respond|responder|reply|replied|generated|submitted)
        ✓ x-autoresponse  ✗ x-autorespons
    x-autorespond(?:er)?   ✓ x-autorespond  ✗ x-autorespon
    x-autogenerated        ✓ x-autogenerated  ✗ x-autogenerate
    x-fc-machinegenerated  ✓ x-fc-machinegenerated  ✗ x-fc-machinegenerate
    x-holidayreply         ✓ x-holidayreply  ✗ x-holidayrepl
    x-mail-autoreply       ✓ x-mail-autoreply  ✗ x-mail-autorepl
    x-vacation             ✓ x-vacation  ✗ x-vacatio
    x-ms-exchange-inbox-rules-loop
        ✓ x-ms-exchange-inbox-rules-loop  ✗ x-ms-exchange-inbox-rules-loo
    x-cron-env             ✓ x-cron-env  ✗ x-cron-en
    """,
    flags=re.NOFLAG,
)
"""The name of a header that only automatic replies have."""

NO_REPLY_ADDRESS = parse_table(
    r"""
    (?:no|do[._-]?not|never)[._-]?reply  ✓ no-reply  ✗ reply
    auto[._-]?(?:reply|responder)        ✓ autoresponder  ✗ author
    """,
    flags=re.NOFLAG,
)
"""The local part of an address that nobody reads."""
