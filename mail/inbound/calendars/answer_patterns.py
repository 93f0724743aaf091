"""How mail programs say in a subject or a sentence what somebody answers to an invitation."""

from __future__ import annotations

from rules.pattern_table import parse_table

_SUBJECT_FRAME = r"(?:\[[^\]\n]{1,40}\]\s*){0,3}(?:{})\s{0,3}[:：]\s*"

ACCEPTED_SUBJECT = parse_table(
    r"""
    (?:invitation |meeting )?accepted        ✓ Accepted: Review: Pool  ✗ Accepted
    event invitation reply \(accepted\)      ✓ Event Invitation Reply (Accepted): Review  ✗ Event:
    zugesagt|angenommen|akzeptiert|zusage    ✓ Zugesagt: Review  ✗ Zugesagt
    accepté[es]?                             ✓ Accepté : Review  ✗ Accepter: Review
    aceptad[oa]                              ✓ Aceptado: Review  ✗ Aceptar: Review
    accettat[oa]                             ✓ Accettato: Review  ✗ Accetta: Review
    geaccepteerd                             ✓ Geaccepteerd: Review  ✗ Geaccepteerd
    aceit[oae]                               ✓ Aceito: Review  ✗ Aceitar: Review
    accepter(?:at|ad|et)                     ✓ Accepterat: Review  ✗ Acceptera: Review
    (?:god|aksep)tatt|akseptert              ✓ Godtatt: Review  ✗ Godta: Review
    hyväksytty                               ✓ Hyväksytty: Review  ✗ Hyväksy: Review
    zaakceptowan[oey]                        ✓ Zaakceptowano: Review  ✗ Akceptuj: Review
    přijato                                  ✓ Přijato: Review  ✗ Přijmout: Review
    elfogadva                                ✓ Elfogadva: Review  ✗ Elfogad: Review
    принят[оа]?                              ✓ Принято: Review  ✗ Принять: Review
    kabul edildi                             ✓ Kabul edildi: Review  ✗ Kabul: Review
    承諾(?:済み)?                            ✓ 承諾: Review  ✗ 承諾
    已接受                                   ✓ 已接受: Review  ✗ 接受: Review
    수락(?:함|됨)?                           ✓ 수락: Review  ✗ 수락
    """,
    _SUBJECT_FRAME,
)
"""The subject of an answer that somebody comes, up to the title of the meeting."""

DECLINED_SUBJECT = parse_table(
    r"""
    (?:invitation |meeting )?declined        ✓ Declined: Review: Pool  ✗ Declined
    event invitation reply \(declined\)      ✓ Event Invitation Reply (Declined): Review  ✗ Event:
    abgesagt|abgelehnt|absage                ✓ Abgesagt: Review  ✗ Abgesagt
    (?:refus|déclin)é[es]?                   ✓ Refusé : Review  ✗ Refuser: Review
    rechazad[oa]                             ✓ Rechazado: Review  ✗ Rechazar: Review
    rifiutat[oa]                             ✓ Rifiutato: Review  ✗ Rifiuta: Review
    geweigerd|afgewezen                      ✓ Geweigerd: Review  ✗ Weigeren: Review
    recusad[oa]                              ✓ Recusado: Review  ✗ Recusar: Review
    avböj[td]|tackat nej                     ✓ Avböjt: Review  ✗ Avböj: Review
    avvist|afvist|avslått                    ✓ Afvist: Review  ✗ Afvis: Review
    hylätty                                  ✓ Hylätty: Review  ✗ Hylkää: Review
    odrzucon[oey]                            ✓ Odrzucono: Review  ✗ Odrzuć: Review
    odmítnuto                                ✓ Odmítnuto: Review  ✗ Odmítnout: Review
    elutasítva                               ✓ Elutasítva: Review  ✗ Elutasít: Review
    отклонен[оа]?                            ✓ Отклонено: Review  ✗ Отклонить: Review
    reddedildi                               ✓ Reddedildi: Review  ✗ Reddet: Review
    辞退|拒否                                ✓ 辞退: Review  ✗ 辞退
    已拒绝|已謝絕|已拒絕                     ✓ 已拒绝: Review  ✗ 拒绝: Review
    거절(?:함|됨)?                           ✓ 거절: Review  ✗ 거절
    """,
    _SUBJECT_FRAME,
)
"""The subject of an answer that somebody does not come."""

TENTATIVE_SUBJECT = parse_table(
    r"""
    (?:tentative(?:ly accepted)?|maybe)      ✓ Tentatively Accepted: Review  ✗ Tentative
    event invitation reply \(tentative\)     ✓ Event Invitation Reply (Tentative): Review  ✗ Event:
    (?:new time proposed|proposed new time)  ✓ New Time Proposed: Review  ✗ New Time: Review
    mit vorbehalt|vorbehaltlich|vorläufig(?: zugesagt)?   ✓ Mit Vorbehalt: Review  ✗ Mit: Review
    neue (?:uhr)?zeit vorgeschlagen          ✓ Neue Zeit vorgeschlagen: Review  ✗ Neue Zeit: Review
    provisoire|peut-être                     ✓ Provisoire : Review  ✗ Provisoirement
    nouvelle heure proposée                  ✓ Nouvelle heure proposée : Review  ✗ Nouvelle : Review
    provis(?:ional|orio)|tentativ[oa]        ✓ Provisional: Review  ✗ Provisional
    nueva hora propuesta                     ✓ Nueva hora propuesta: Review  ✗ Nueva: Review
    provvisori[oa]|forse                     ✓ Provvisorio: Review  ✗ Provvisorio
    nuova ora proposta|proposta nuova ora    ✓ Nuova ora proposta: Review  ✗ Nuova ora: Review
    voorlopig(?: geaccepteerd)?              ✓ Voorlopig: Review  ✗ Voorlopig
    nieuwe tijd voorgesteld                  ✓ Nieuwe tijd voorgesteld: Review  ✗ Nieuwe: Review
    provisóri[oa]                            ✓ Provisório: Review  ✗ Provisório
    preliminär[t]?|foreløbig|foreløpig       ✓ Preliminärt: Review  ✗ Preliminärt
    alustava(?:sti hyväksytty)?              ✓ Alustava: Review  ✗ Alustava
    wstępna akceptacja|wstępnie              ✓ Wstępna akceptacja: Review  ✗ Wstępna: Review
    nezávazně|předběžně přijato              ✓ Nezávazně: Review  ✗ Nezávazně
    feltételes(?:en elfogadva)?              ✓ Feltételes: Review  ✗ Feltételes
    под вопросом                             ✓ Под вопросом: Review  ✗ Под: Review
    belirsiz                                 ✓ Belirsiz: Review  ✗ Belirsiz
    仮承諾|仮の予定                          ✓ 仮承諾: Review  ✗ 仮承諾
    暂定|暫定                                ✓ 暂定: Review  ✗ 暂定
    미정                                     ✓ 미정: Review  ✗ 미정
    """,
    _SUBJECT_FRAME,
)
"""The subject of an answer that somebody may come, or asks for another time."""

MEETING_TITLE = parse_table(
    r"""
    (?P<first>review:\s*.{1,300})        ✓ Review: Pool  ✗ Review of Pool
    (?P<next>follow-up:\s*.{1,300})      ✓ Follow-up: Pool  ✗ Follow-up on Pool
    .{1,300}:\s(?:new time for the )?(?P<review_meeting>review meeting)\b.{0,60}
        ✓ Pool: review meeting on 3 March  ✗ Pool: meeting
    .{1,300}:\s(?:new time for the )?(?P<follow_up_meeting>follow-up meeting)\b.{0,60}
        ✓ Pool: new time for the follow-up meeting on 3 March  ✗ Pool: follow-up
    """,
)
"""A meeting as our invitations name it: in the calendar, or in the subject of their email."""

ANSWER_SENTENCE = parse_table(
    r"""
    has (?:tentatively )?(?:accepted|declined|replied \S{1,30} to|updated their response to)
    (?: (?:your|this|the|an))?(?: event| meeting)? (?:invitation|invite|event|meeting)
        ✓ Olga Petrova has accepted this invitation.  ✗ Olga has accepted the plan.
    has (?:proposed|suggested) a(?: new|nother) time
        ✓ Olga has proposed a new time  ✗ Olga has proposed a fix
    hat (?:ihre|deine|diese|die) (?:termin)?einladung .{0,40}(?:angenommen|abgelehnt|akzeptiert)
        ✓ Olga hat diese Einladung angenommen  ✗ Olga hat diese Idee angenommen
    a (?:accepté|refusé|décliné).{0,40} (?:cette|votre|l[’'])\s?invitation
        ✓ Olga a accepté cette invitation  ✗ Olga a accepté cette idée
    ha (?:aceptado|rechazado).{0,40} (?:esta|tu|su|la) invitación
        ✓ Olga ha aceptado esta invitación  ✗ Olga ha aceptado esta idea
    ha (?:accettato|rifiutato).{0,40} (?:questo|il tuo|l[’'])\s?invito
        ✓ Olga ha accettato questo invito  ✗ Olga ha accettato questo piano
    heeft (?:deze|je|uw) uitnodiging .{0,40}(?:geaccepteerd|afgewezen)
        ✓ Olga heeft deze uitnodiging geaccepteerd  ✗ Olga heeft deze week vrij
    (?:yes|no|maybe), i (?:will|won[’']t|will not|might|may)(?: not)? attend(?: the meeting)?
        ✓ Yes, I will attend.  ✗ Yes, I will come.
    aceitou (?:este|o seu) convite|recusou (?:este|o seu) convite
        ✓ Olga aceitou este convite  ✗ Olga aceitou este plano
    """,
    r"(?:\S.{0,80}\s)?\b(?:{})"
    r"(?:\s(?:with this note|to|for|[“\"„«']).{0,200}|:.{0,200})?[.!]?",
)
"""A line in which a program says what somebody answers; it is nobody's words."""

NOTE_IN_SENTENCE = parse_table(
    r"""
    with this note:\s*[“"](?P<note>[^”"]{1,1000})[”"]  ✓ with this note: "Away"  ✗ with this: "Away"
    """,
)
"""Somebody's words within a program's sentence."""

CALENDAR_SERVICE = parse_table(
    r"""
    calendar\.google\.com              ✓ https://calendar.google.com/calendar/  ✗ google.com
    invitation from google calendar    ✓ Invitation from Google Calendar  ✗ from Google
    """,
)
"""What stands in a text that a calendar service wrote whole."""

END_OF_TIME_AND_PLACE = parse_table(
    r"""
    (?:\*~){4,}\*?  ✓ *~*~*~*~*~*~*~*~*~*  ✗ *~*
    """,
)
"""The line that Exchange puts between a meeting's time and place and what somebody wrote."""
