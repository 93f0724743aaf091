"""The headings of sections in other languages than English.

German, French, Spanish, Portuguese, Dutch, Italian, Swedish, Danish, Norwegian and Polish. What a
document says under them is judged in English only; that it is there counts in any language.
"""

from __future__ import annotations

from models.document import Section
from rules.pattern_table import PatternTable, parse_table

_FROM_WORD = r"\b(?:{})"
"""The frame of the tables: each form begins a word."""

_FORMS = {
    Section.WENT_POORLY: r"""
        schlecht (?:lief|gelaufen)|schief ?(?:lief|ging|gelaufen|gegangen)
            ✓ was schlecht gelaufen ist  ✗ das schlechte wetter
        (?:lief(?:en)?|ging) (?:schlecht|schief|nicht (?:so )?gut)
            ✓ was lief nicht gut  ✗ was lief gut
        nicht (?:so )?gut (?:lief|gelaufen|funktioniert)|besser (?:laufen|machen|hätte)
            ✓ was nicht so gut gelaufen ist  ✗ was gut gelaufen ist
        mal (?:fonctionné|marché|passé)|moins bien|points? (?:négatifs?|faibles?)|à améliorer$
            ✓ ce qui a mal fonctionné  ✗ ce qui a bien fonctionné
        n['’]a pas (?:bien )?(?:fonctionné|marché)  ✓ ce qui n'a pas marché  ✗ ce qui a marché
        (?:salió|fue|funcionó) mal|no (?:salió|funcionó|fue)(?: tan)? bien|(?:a|por) mejorar$
            ✓ qué salió mal  ✗ qué salió bien
        (?:correu|deu|foi) (?:mal|errado)|não (?:correu|funcionou|deu)|a melhorar$
            ✓ o que correu mal  ✗ o que correu bem
        puntos débiles|pontos (?:negativos|fracos)  ✓ pontos fracos  ✗ pontos fortes
        (?:ging|liep) (?:er )?(?:mis|fout|slecht|niet (?:zo )?goed)|beter (?:kon|kan|had)
            ✓ wat ging er mis  ✗ wat ging er goed
        (?:mis|fout|slecht|niet (?:zo )?goed) (?:ging|gegaan|liep)
            ✓ wat niet goed ging  ✗ wat goed ging
        andat[oa] (?:male|storto)|non ha funzionato|da migliorare$
            ✓ cosa è andato storto  ✗ cosa è andato bene
        gick (?:dåligt|fel|mindre bra)|gik (?:dårligt|galt)|gikk (?:dårlig|galt)
            ✓ vad gick fel  ✗ vad gick bra
        poszło (?:źle|nie tak)|się nie udało  ✓ co poszło źle  ✗ co poszło dobrze
    """,
    Section.WENT_WELL: r"""
        gut (?:lief|gelaufen|funktioniert)|(?:lief(?:en)?|ging) gut  ✓ was gut lief  ✗ gute miene
        bien (?:fonctionné|marché|passé)|points? (?:positifs?|forts?)
            ✓ ce qui s'est bien passé  ✗ bien entendu
        (?:salió|funcionó|fue) bien|puntos (?:positivos|fuertes)
            ✓ lo que salió bien  ✗ por el bien
        (?:correu|funcionou|foi) bem|deu certo|pontos (?:positivos|fortes)
            ✓ o que correu bem  ✗ o bem
        (?:ging|liep) (?:er )?goed|goed (?:ging|gegaan|liep)  ✓ wat ging er goed  ✗ goederen
        andat[oa] bene|ha funzionato bene|punti di forza  ✓ cosa è andato bene  ✗ benessere
        gick bra|gik godt|gikk (?:bra|godt)  ✓ vad gick bra  ✗ vad gick fel
        poszło dobrze|się udało  ✓ co poszło dobrze  ✗ dobrze
    """,
    Section.LUCKY: r"""
        glück\b|glücklich  ✓ wo wir glück hatten  ✗ unglück
        (?:eu|avons eu) de la chance|coup de chance  ✓ où nous avons eu de la chance  ✗ chance
        suerte|sorte\b|geluk\b|mazzel|fortuna  ✓ dónde tuvimos suerte  ✗ sorted
        (?:hade|hadde) (?:vi )?(?:tur|flaks)|havde (?:vi )?held|poszczęściło
            ✓ där hade vi tur  ✗ en tur
    """,
    Section.ACTIONS: r"""
        \w*ma(?:ß|ss)nahmen?|aktion(?:en|spunkte|splan)\b|abhilfe|vorbeugung|prävention
            ✓ gegenmaßnahmen  ✗ maßstab
        nächste schritte|weiteres vorgehen|offene punkte|handlungs(?:bedarf|empfehl)
            ✓ nächste schritte  ✗ schritte
        (?:folge)?aufgaben|verbesserungen|verbesserungsvorschl|empfehlungen  ✓ aufgaben  ✗ gaben
        was wir (?:tun|ändern|verbessern|jetzt)|damit (?:es|das) nicht wieder
            ✓ was wir ändern werden  ✗ was wir wussten
        mesures|prochaines étapes|suites? (?:à donner|données)|plan d['’]action|à faire$
            ✓ prochaines étapes  ✗ étape
        améliorations?|recommandations|tâches|prévention  ✓ améliorations  ✗ mieux
        acciones|medidas|próximos pasos|tareas|mejoras|seguimiento|plan de acción
            ✓ próximos pasos  ✗ pasos
        recomendaciones|prevención|prevenção|recomendações  ✓ prevención  ✗ previo
        a(?:ç|cç)ões|próxim[oa]s (?:passos|etapas)|tarefas|melhorias|plano de ação|acompanhamento
            ✓ ações corretivas  ✗ relações
        acties|actie(?:punten|lijst|plan)|maatregelen|vervolg(?:stappen|acties)|volgende stappen
            ✓ actiepunten  ✗ reacties
        ^taken$|verbeter(?:ingen|punten|acties)|aanbevelingen|preventie
            ✓ verbeterpunten  ✗ steps taken
        azioni|prossimi passi|misure\b|miglioramenti|raccomandazioni|piano d['’]azione
            ✓ azioni correttive  ✗ relazioni
        åtgärder|nästa steg|förbättringar|tilta[gk]|næste skridt|neste steg|forbedringer
            ✓ åtgärder  ✗ steg
        działania|następne kroki|zadania  ✓ działania naprawcze  ✗ kroki
    """,
    Section.TIMELINE: r"""
        zeit(?:achse|leiste|linie|strahl|verlauf|tafel)|zeitlicher (?:ab|ver)lauf|chronik
            ✓ zeitachse  ✗ zeitung
        (?:ab|ver|ereignis)lauf\b|(?:vorfall|störungs)?hergang|ablauf (?:des|der)
            ✓ ablauf der störung  ✗ laufzeit
        déroul(?:é|ement)|ligne d[ue] temps|historique  ✓ déroulement des faits  ✗ rouler
        cronolog[ií]a|líneas? (?:de|del) tiempo|secuencia de (?:eventos|hechos)
            ✓ línea de tiempo  ✗ tiempo
        linha (?:do tempo|temporal)|sequência de (?:eventos|acontecimentos)
            ✓ linha do tempo  ✗ tempo
        tijd(?:lijn|sverloop|pad)|verloop\b  ✓ tijdlijn  ✗ tijd
        linea (?:del tempo|temporale)|sequenza (?:degli|di) eventi  ✓ linea del tempo  ✗ linea
        tidslinje|händelseförlopp|hændelsesforløb|hendelsesforløp|forløb\b
            ✓ händelseförlopp  ✗ händelse
        oś czasu|przebieg  ✓ przebieg zdarzeń  ✗ czas
    """,
    Section.CAUSES: r"""
        \w*ursachen?(?:analyse)?\b|auslöser|(?:beitragende|mitwirkende) (?:faktoren|umstände)
            ✓ grundursache  ✗ ursächlich
        hintergrund|hintergründe|(?:fehler)?analyse\b|(?:5|fünf)[ -]?(?:x |mal )?warum|warum\b
            ✓ hintergrund  ✗ grund
        wie es dazu kam|wie konnte (?:das|es)  ✓ wie es dazu kam  ✗ wie es war
        facteurs?|déclencheurs?|contexte|pourquoi|raisons?\b  ✓ facteurs contributifs  ✗ facture
        causas?\b|factores|desencadenantes?|origen|antecedentes|contexto|análisis|por qué
            ✓ causa raíz  ✗ casa
        fatores|origem|gatilhos?|análise|porquê|por que\b  ✓ fatores contribuintes  ✗ fato
        \w*oorza(?:ak|ken)|aanleiding|(?:bijdragende )?factoren|achtergrond|waarom\b
            ✓ grondoorzaak  ✗ oor
        fattori|causa\b|contesto|analisi|perché  ✓ fattori contribuenti  ✗ fattura
        \w*orsak(?:er|en)?\b|bakgrund|varför|\w*årsa[gk](?:er)?\b|baggrund|bakgrunn|hvorfor
            ✓ grundorsak  ✗ sak
        przyczyn[ay]?|dlaczego|analiza  ✓ przyczyna źródłowa  ✗ przy
    """,
    Section.LESSONS: r"""
        (?:unsere )?lehren\b|erkenntnisse|\w*gelernt|lernpunkte|lektionen|schlussfolgerung|fazit
            ✓ was wir gelernt haben  ✗ lehrer
        leçons|enseignements|(?:nous avons|ce que l['’]on a) appris|apprentissages
            ✓ leçons apprises  ✗ lecture
        lecciones|aprendizajes|aprendi(?:mos|do)|conclusiones  ✓ lecciones aprendidas  ✗ lectura
        lições|aprendizados?|aprendizagens|aprendemos|conclusões  ✓ lições aprendidas  ✗ leitura
        (?:geleerde )?lessen(?:$| (?:die|uit|voor)\b)|geleerd|leerpunten|inzichten|conclusies
            ✓ geleerde lessen  ✗ lessen the load
        lezioni|imparato|insegnamenti|conclusioni  ✓ cosa abbiamo imparato  ✗ lezione
        lärdomar|lärde|lærdom|læring\b|erfaringer  ✓ lärdomar  ✗ lärare
        wnioski|czego się nauczyliśmy  ✓ wnioski  ✗ wniosek
    """,
    Section.IMPACT: r"""
        auswirkung|folgen\b|betroffen|schaden|schäden|schweregrad|ausmaß|kundenauswirkung
            ✓ auswirkungen  ✗ wirkung
        conséquences|répercussions|gravité|étendue|(?:clients?|services?|utilisateurs?) touchés
            ✓ conséquences  ✗ séquence
        consecuencias|alcance\b|afectad[oa]s?|gravedad|efectos  ✓ consecuencias  ✗ secuencia
        consequências|afetad[oa]s?|gravidade|abrangência  ✓ consequências  ✗ sequência
        gevolgen|getroffen|omvang\b|ernst\b  ✓ gevolgen voor klanten  ✗ volgen
        impatto|conseguenze|gravità  ✓ impatto  ✗ patto
        påverkan|påvirkning|konsekvenser|omf(?:attning|ang)\b  ✓ påverkan  ✗ verkan
        wpływ|skutki  ✓ wpływ na klientów  ✗ pływ
    """,
    Section.PARTICIPANTS: r"""
        teilnehm|beteiligte|anwesen|autor(?:en|innen|in)?$|rollen$  ✓ beteiligte  ✗ beteiligung
        présents$|auteurs?$|intervenants|personnes (?:présentes|impliquées)
            ✓ personnes présentes  ✗ personnel
        participantes|asistentes|autor(?:es|a)?$|implicad[oa]s  ✓ asistentes  ✗ asistencia
        presentes$|envolvidos|pessoas (?:presentes|envolvidas)  ✓ envolvidos  ✗ evolução
        deelnemers|aanwezigen?$|betrokkenen  ✓ deelnemers  ✗ deel
        partecipanti|presenti$|persone coinvolte  ✓ partecipanti  ✗ parte
        deltagare|deltakere|deltagere|närvarande|til ?stede  ✓ deltagare  ✗ del
        uczestnicy|obecni$  ✓ uczestnicy  ✗ uczelnia
    """,
    Section.SUMMARY: r"""
        zusammenfassung|überblick|kurz(?:fassung|beschreibung)|(?:vorfalls?)?beschreibung
            ✓ zusammenfassung  ✗ fassung
        was (?:ist )?(?:passiert|geschehen|geschah)|behebung|wiederherstellung|erkennung\b|lösung$
            ✓ was ist passiert  ✗ was ist
        résumé|synthèse|aperçu|en bref|(?:que|qui) s['’]est[- ](?:il )?passé|rétablissement
            ✓ que s'est-il passé  ✗ le passé
        détection|résolution  ✓ résolution  ✗ révolution
        resum(?:en|o)\b|descripción|qué (?:pasó|ocurrió|sucedió)|(?:detec|resolu|recupera)ción
            ✓ resumen  ✗ resumed
        sumário|visão geral|o que (?:aconteceu|houve)|descrição|(?:detec|dete|resolu|recupera)ção
            ✓ o que aconteceu  ✗ o que
        samenvatting|overzicht|wat (?:is )?er (?:is )?gebeurd|beschrijving|herstel$|oplossing$
            ✓ wat is er gebeurd  ✗ gebeurtenis
        riepilogo|sintesi|sommario|panoramica|cosa è successo|descrizione|risoluzione
            ✓ cosa è successo  ✗ successo
        sammanfattning|sammenfatning|sammendrag|resumé|vad hände|hvad skete|hva skjedde
            ✓ sammanfattning  ✗ samman
        podsumowanie|streszczenie|co się stało|opis\b  ✓ podsumowanie  ✗ suma
    """,
}
"""The headings of each section, in lower case; the first table that finds one decides."""

FOREIGN_SECTION_TABLES: tuple[tuple[Section, PatternTable], ...] = tuple(
    (section, parse_table(forms, _FROM_WORD)) for section, forms in _FORMS.items()
)
