"""What gateways and companies write into a mail: that it came from outside, and to be careful."""

from __future__ import annotations

from rules.pattern_table import parse_table

ALERT_WORD = parse_table(
    "warning|caution|achtung|attention|alert  ✓ warning  ✗ warned", "(?:{})", is_fragment=True
)
MAIL_WORD = parse_table(
    """
    e-?mail|mail|message|sender|nachricht|absender|courriel|メール|邮件|郵件|메일  ✓ e-mail  ✗ e-
    """,
    "(?:{})",
    is_fragment=True,
)

WARNING_TAG = parse_table(
    r"""
    external|ext|extern[aeo]?|externe[rn]?  ✓ [EXTERNAL] accept  ✗ [EXTRA] accept
    outside                                 ✓ [Outside] accept  ✗ [Inside] accept
    externí|zewnętrzn\w{1,3}|внешн\w{1,3}   ✓ [Externí] accept  ✗ [Interní] accept
    外部|社外                               ✓ [外部] accept  ✗ [内部] accept
    외부|사외                               ✓ [외부메일] accept  ✗ [내부메일] accept
    (?:suspected |possible |likely |maybe )?spam\??  ✓ [SPAM?] accept  ✗ [SPAN] accept
    """,
    (
        r"[\s*_⚠\ufe0f]{0,8}(?:[\[({<【](?:<ALERT>[:! –-]{1,3})?(?:{})(?:[ -]?<MAIL>)?"
        r"(?: ?[–-] ?(?:proceed|use|treat|handle|open)[ \w]{3,40})?[\])}>】]"
        r"|(?:<ALERT>[:! –-]{1,3})?(?:{})[ -]?<MAIL>\s?[:|]|(?-i:EXTERNAL|EXTERN|EXT)\s?[:|*])"
        r"[\s*_:|-]{0,8}"
    ),
    parts={"ALERT": ALERT_WORD, "MAIL": MAIL_WORD},
)
"""A tag before the words of a mail: “[EXTERNAL EMAIL] accept”."""

WARNING_LEAD = parse_table(
    r"""
    (?:use |exercise )?caution|warning|attention|notice|important|alert|be careful|note
    |external(?: e-?mail| sender| message)?
        ✓ CAUTION: This email came from outside  ✗ CAUTIOUS
    achtung|vorsicht|warnung|hinweis|wichtig  ✓ Achtung: Diese E-Mail  ✗ Achtet auf
    avertissement|prudence|mise en garde      ✓ Avertissement : ce message  ✗ Averti
    precaución|atención|advertencia|aviso|cuidado|atenção  ✓ Precaución: este correo  ✗ Precauto
    attenzione|avviso|let op|waarschuwing|pas op  ✓ Let op: deze e-mail  ✗ Let me
    varning|obs|advarsel|vær forsiktig|huomio|varoitus  ✓ Varning: detta mail  ✗ Varnar
    uwaga|ostrzeżenie|upozornění|pozor|внимание|осторожно  ✓ Uwaga: ta wiadomość  ✗ Uważam
    di̇kkat|dikkat|dıkkat|uyarı                ✓ DİKKAT: Bu e-posta  ✗ Dikkatli
    注意|警告|주의                            ✓ 注意：外部  ✗ 外部
    """,
    r"[\s*_=#!⚠\ufe0f\[(-]{0,12}(?:{})[\s*_\])]{0,8}[:!：–-]{1,3}[\s*_]{0,8}",
)
"""How a warning begins, before its first sentence."""

OUTSIDE_SENTENCE = parse_table(
    r"""
    (?:the sender of )?this (?:e-?mail|message|mail|sender)\b.{0,60}?\b(?:originat\w+|came|comes|is
    |was|has been)\b.{0,30}?\b(?:outside|from (?:an? |our |the )?external|external (?:e-?mail
    |message|sender|source|address|user|party|account|domain)|externally|external$)(?!\w).{0,80}
        ✓ This email originated from outside of the organization  ✗ This email is long
    (?:e-?mail|message|mail) from (?:an )?(?:outside|external)\b.{0,60}
        ✓ Email from external sender  ✗ Email from Ada
    this is an? (?:external|outside) (?:e-?mail|message|mail|sender).{0,60}
        ✓ This is an external email  ✗ This is an external alert
    (?:message|e-?mail|mail) (?:originated|received|sent) (?:from )?(?:outside|an external)\b.{0,60}
        ✓ Message originated outside Example Corp  ✗ Message received
    (?:the )?sender is (?:from )?(?:outside|external)\b.{0,60}
        ✓ Sender is outside your organisation  ✗ Sender is Ada
    you(?: have|['’]ve)? (?:received|got) (?:this|an?) (?:e-?mail|message) from (?:an? )?(?:external
    |outside)\b.{0,60}
        ✓ You received this email from an external sender  ✗ You received this email
    zjqcmqryfpfptbanner(?:start|end)|sophospsmartbannerend
        ✓ ZjQcmQRYFpfptBannerStart  ✗ Banner
    (?:this )?(?:e-?mail|message) (?:is|comes) from an? (?:un\w+|suspicious|new) sender
        ✓ This Message Is From an Untrusted Sender  ✗ This message is from Ada
    you have(?: not|n['’]t) (?:previously |often )?(?:corresponded|communicated) with .{0,40}
        ✓ You have not previously corresponded with this sender  ✗ You have not answered
    this message needs your attention
        ✓ This message needs your attention  ✗ This message needs an answer
    (?:external|outside) (?:e-?mail|message|mail|sender)  ✓ External email  ✗ External alerts fire
    you don['’]t often (?:get|receive) e-?mail from .{1,120}
        ✓ You don’t often get email from olga@example.org  ✗ You don’t often write
    some people who received this message don['’]t often get .{1,120}
        ✓ Some people who received this message don't often get email from x@y  ✗ Some people wait
    learn why this is important.{0,120}
        ✓ Learn why this is important (https://aka.ms/x)  ✗ Learn why it failed
    (?:diese|die) (?:e-?mail|nachricht|mail)\b.{0,80}?\b(?:extern\w*|außerhalb)\b.{0,80}
        ✓ Diese E-Mail kommt von einem externen Absender  ✗ Diese E-Mail ist lang
    (?:externe|ext\.) (?:e-?mail|nachricht|mail)  ✓ Externe E-Mail  ✗ Externe Alarme feuern
    (?:ce|cet) (?:message|courriel|e-?mail|mail)\b.{0,60}?\b(?:externe|extérieur|hors de)\b.{0,80}
        ✓ Ce message provient de l’extérieur  ✗ Ce message est long
    este (?:correo|mensaje|e-?mail)\b.{0,60}?\b(?:extern\w+|fuera de)\b.{0,80}
        ✓ Este correo proviene de fuera de la organización  ✗ Este correo es largo
    (?:questa|questo) (?:e-?mail|messaggio)\b.{0,60}?\b(?:estern\w+|al di fuori
    |dall['’]esterno)\b.{0,80}
        ✓ Questa e-mail proviene dall’esterno  ✗ Questa e-mail è lunga
    (?:deze|dit) (?:e-?mail|bericht|mail)\b.{0,60}?\b(?:extern\w*|buiten)\b.{0,80}
        ✓ Deze e-mail komt van buiten de organisatie  ✗ Deze e-mail is lang
    (?:este|esta) (?:e-?mail|mensagem)\b.{0,60}?\b(?:extern\w+|fora d[ae])\b.{0,80}
        ✓ Esta mensagem foi enviada de fora da organização  ✗ Esta mensagem é longa
    (?:det här|detta|denna|denne|dette) (?:e-?mail\w*|mail\w*|e-?post\w*|meddel\w+
    |melding\w*)\b.{0,60}?\b(?:extern|ekstern|utanför|utenfor|udenfor|uden for)\w*\b.{0,60}
        ✓ Detta mail kommer från en extern avsändare  ✗ Detta mail är långt
    t(?:ento|ato) (?:e-?mail|zpráva|správa)\b.{0,60}?\b(?:vnější\w*|extern\w*|mimo|zvenčí)\b.{0,80}
        ✓ Tento e-mail přišel z vnější sítě  ✗ Tento e-mail je dlouhý
    bu (?:e-?posta|ileti|mesaj)\b.{0,60}?(?:dışından|dışarıdan|harici)(?!\w).{0,60}
        ✓ Bu e-posta kurum dışından gelmiştir  ✗ Bu e-posta uzun
    (?:ta|niniejsza) wiadomość\b.{0,60}?\b(?:zewn\w+|spoza)\b.{0,80}
        ✓ Ta wiadomość pochodzi spoza organizacji  ✗ Ta wiadomość jest długa
    это (?:письмо|сообщение)\b.{0,60}?\b(?:внешн\w+|извне)\b.{0,80}
        ✓ Это письмо от внешнего отправителя  ✗ Это письмо длинное
    このメール.{0,40}(?:外部|社外).{0,40}  ✓ このメールは外部から送信されました  ✗ このメールは長い
    此(?:邮件|郵件).{0,20}外部.{0,40}     ✓ 此邮件来自外部发件人  ✗ 此邮件很长
    """,
    r"[\s*_=#!⚠\ufe0f\[(<-]{0,12}(?:{})\W{0,12}$",
)
"""A sentence that says where a mail came from."""

CARE_SENTENCE = parse_table(
    r"""
    (?:please )?(?:use caution|exercise caution|be careful|be cautious
    |think before you click)(?: with this (?:e-?mail|message))?
        ✓ Use caution  ✗ Use the runbook
    (?:please )?treat (?:it |this (?:e-?mail|message) )?with (?:extra |due )?caution
        ✓ Treat with caution  ✗ Treat it as done
    (?:please )?be (?:suspicious|wary|cautious) of\b.{0,200}
        ✓ Be suspicious of attachments  ✗ Be sure of it
    (?:please )?(?:do not|don['’]t|never|avoid|think before you|be careful|use caution
    |exercise caution|be cautious)\b.{0,60}?\b(?:click|link|attachment|open|reply
    |respond)\w*.{0,200}
        ✓ Do not click links unless you trust the sender  ✗ Do not wait for me
    (?:please )?(?:verify|check|confirm|make sure|ensure)\b.{0,60}?\bsender\b.{0,80}
        ✓ Please verify the sender before you answer  ✗ Please verify A1
    verify before (?:you )?(?:click|repl|respond|open)\w*
        ✓ Verify before clicking  ✗ Verify before noon
    (?:allow|trust|block|report) (?:this )?sender\b.{0,60}
        ✓ Allow sender | Block sender  ✗ Allow it
    this is (?:a personal e-?mail address|their first (?:e-?mail|message)).{0,60}
        ✓ This is a personal email address  ✗ This is a personal opinion
    (?:please )?report (?:suspicious|phishing|spam)\b.{0,80}
        ✓ Report suspicious emails to IT  ✗ Report A1 as done
    (?:bitte )?(?:klicken|öffnen) sie .{0,160}?\b(?:link|anh[aä]ng|anlage|absender)\w*.{0,120}
        ✓ Klicken Sie auf keine Links  ✗ Klicken Sie auf A1
    (?:bitte )?(?:keine|nicht auf)\b.{0,60}\b(?:link|anh[aä]ng)\w*\b
    .{0,60}\b(?:an)?(?:öffnen|klicken)
        ✓ Bitte keine Links oder Anhänge öffnen  ✗ Bitte keine weiteren Fristen
    (?:veuillez )?(?:ne cliquez|n['’]ouvrez|ne pas cliquer|soyez prudent).{0,200}
        ✓ Ne cliquez pas sur les liens  ✗ Ne pas attendre
    no (?:haga clic|abra|pulse)\b.{0,200}        ✓ No haga clic en enlaces  ✗ No espere
    non (?:fare clic|cliccare|aprire)\b.{0,200}  ✓ Non cliccare sui link  ✗ Non aspettare
    (?:klik|open) (?:niet|geen)\b.{0,200}        ✓ Klik niet op links  ✗ Klik op A1
    не (?:переходите|открывайте|нажимайте)\b.{0,200}  ✓ Не переходите по ссылкам  ✗ Не ждите
    bağlantılara .{0,40}tıklamayın.{0,100}         ✓ Bağlantılara tıklamayın  ✗ Beklemeyin
    não (?:clique|abra)\b.{0,200}                ✓ Não clique em links  ✗ Não espere
    nie (?:klikaj|otwieraj)\b.{0,200}             ✓ Nie klikaj w linki  ✗ Nie czekaj
    ne(?:klikejte|otev[ií]rejte|klikajte|otvárajte)\b.{0,200}  ✓ Neklikejte na odkazy  ✗ Nečekejte
    (?:klik|klikk|klicka|åpne|åbn|öppna) (?:ikke|inte|ikkje)\b.{0,200}
        ✓ Klik ikke på links  ✗ Klik på A1
    (?:please )?(?:take|use|exercise) (?:care|extra care|caution) (?:when|with|before)\b.{0,160}
        ✓ Please take care when clicking links  ✗ Please take care of A1
    """,
    r"\W{0,12}(?:{})\W{0,12}$",
)
"""A sentence that tells its reader to be careful with links, files or the sender."""
