<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name>tessera::ui::ChildFigures</name>
    <message>
        <source>Nothing was predicted of this child, and nothing measured.</source>
        <translation>Von diesem Kind ist nichts vorhergesagt und nichts gemessen.</translation>
    </message>
    <message>
        <source>KL</source>
        <translation>KL</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>Kosinus</translation>
    </message>
    <message>
        <source>next token</source>
        <translation>nächstes Token</translation>
    </message>
    <message>
        <source>Predicted and measured</source>
        <translation>Vorhergesagt und gemessen</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>Distillation</source>
        <translation>Destillation</translation>
    </message>
    <message>
        <source>Which figures</source>
        <translation>Welche Größen</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>Vorhergesagt</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Before and after distillation</source>
        <translation>Vor und nach der Destillation</translation>
    </message>
    <message>
        <source>Distilled from %1 on %2 tokens (%3).</source>
        <translation>Destilliert aus %1 auf %2 Tokens (%3).</translation>
    </message>
    <message>
        <source>The best of %1 steps was number %2.</source>
        <translation>Von %1 Schritten war Nummer %2 der beste.</translation>
    </message>
    <message>
        <source>None of %1 steps did better than the beginning.</source>
        <translation>Keiner von %1 Schritten war besser als der Anfang.</translation>
    </message>
    <message>
        <source>95 % interval: %1 to %2</source>
        <translation>95-%-Intervall: %1 bis %2</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Next-token accuracy</source>
        <translation>Trefferquote für das nächste Token</translation>
    </message>
    <message>
        <source>Agreement with the parent</source>
        <translation>Übereinstimmung mit dem Elternmodell</translation>
    </message>
    <message>
        <source>%1, unread text</source>
        <translation>%1, ungelesener Text</translation>
    </message>
    <message>
        <source>Export these figures</source>
        <translation>Diese Zahlen exportieren</translation>
    </message>
</context>
<context>
    <name>tessera::ui::ChildPanel</name>
    <message>
        <source>How sure the result is</source>
        <translation>Wie sicher das Ergebnis ist</translation>
    </message>
    <message>
        <source>The child, layer by layer</source>
        <translation>Das Kind, Schicht für Schicht</translation>
    </message>
    <message>
        <source>No child keeps these limits.</source>
        <translation>Kein Kind hält diese Grenzen ein.</translation>
    </message>
    <message>
        <source>Keep as A</source>
        <translation>Als A behalten</translation>
    </message>
    <message>
        <source>Keeps this child as A, with which later ones are compared</source>
        <translation>Behält dieses Kind als A, mit dem spätere verglichen werden</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Stores this solution in the project</source>
        <translation>Speichert diese Lösung im Projekt</translation>
    </message>
    <message>
        <source>Make this child…</source>
        <translation>Kind bauen …</translation>
    </message>
    <message>
        <source>Export the child</source>
        <translation>Kind exportieren</translation>
    </message>
    <message>
        <source>not solved</source>
        <translation>nicht gelöst</translation>
    </message>
    <message>
        <source>solving…</source>
        <translation>wird gelöst …</translation>
    </message>
    <message>
        <source>infeasible</source>
        <translation>unlösbar</translation>
    </message>
    <message>
        <source>proved optimal</source>
        <translation>bewiesen optimal</translation>
    </message>
    <message>
        <source>at most %1 from the best</source>
        <translation>höchstens %1 vom Besten</translation>
    </message>
    <message>
        <source>Writes the child as a checkpoint</source>
        <translation>Schreibt das Kind als Checkpoint</translation>
    </message>
    <message>
        <source>This project has no parent model to make a child from</source>
        <translation>Dieses Projekt hat kein Elternmodell, aus dem ein Kind entstehen könnte</translation>
    </message>
    <message>
        <source>Forget A</source>
        <translation>A vergessen</translation>
    </message>
    <message>
        <source>The panel of limits says why, and what repairs it.</source>
        <translation>Die Tafel der Grenzen sagt, warum, und was hilft.</translation>
    </message>
    <message>
        <source>found in %1</source>
        <translation>gefunden in %1</translation>
    </message>
    <message>
        <source>no child is below %1</source>
        <translation>kein Kind liegt unter %1</translation>
    </message>
    <message>
        <source>kept as solution %1</source>
        <translation>behalten als Lösung %1</translation>
    </message>
    <message>
        <source>greedy: %1</source>
        <translation>gierig: %1</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>Freigeben</translation>
    </message>
    <message>
        <source>Pin what is there</source>
        <translation>Festlegen, was dort ist</translation>
    </message>
    <message>
        <source>Ban what is there</source>
        <translation>Verbieten, was dort ist</translation>
    </message>
    <message>
        <source>Pin layers %1 to %2</source>
        <translation>Schichten %1 bis %2 festlegen</translation>
    </message>
    <message>
        <source>pin layers %1 to %2</source>
        <translation>Schichten %1 bis %2 festlegen</translation>
    </message>
</context>
<context>
    <name>tessera::ui::ChildrenPage</name>
    <message>
        <source>Predicted and measured</source>
        <translation>Vorhergesagt und gemessen</translation>
    </message>
    <message>
        <source>Distil…</source>
        <translation>Destillieren …</translation>
    </message>
    <message>
        <source>Trains the whole child towards its parent, as a new child beside it</source>
        <translation>Trainiert das ganze Kind auf sein Elternmodell hin, als neues Kind daneben</translation>
    </message>
    <message>
        <source>distilled from %1</source>
        <translation>destilliert aus %1</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Writes the child for transformers, vLLM, TensorRT-LLM or llama.cpp, and says which of them load it</source>
        <translation>Schreibt das Kind für transformers, vLLM, TensorRT-LLM oder llama.cpp und sagt, welche davon es laden</translation>
    </message>
    <message>
        <source>No children yet</source>
        <translation>Noch keine Kinder</translation>
    </message>
    <message>
        <source>A child is a checkpoint made from a solution: it can be evaluated, asked to write, and exported. Find a solution first, then make it here.</source>
        <translation>Ein Kind ist ein Checkpoint, der aus einer Lösung entsteht: Es lässt sich auswerten, zum Schreiben auffordern und exportieren. Suchen Sie zuerst eine Lösung und bauen Sie sie dann hier.</translation>
    </message>
    <message>
        <source>Go to the search</source>
        <translation>Zur Suche</translation>
    </message>
    <message>
        <source>Children</source>
        <translation>Kinder</translation>
    </message>
    <message>
        <source>Make the present solution…</source>
        <translation>Aktuelle Lösung bauen …</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Nebeneinander</translation>
    </message>
    <message>
        <source>The beginning of a text that both go on with</source>
        <translation>Der Anfang eines Textes, den beide fortsetzen</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Textanfang</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>Schreiben lassen</translation>
    </message>
    <message>
        <source>Child</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>Parent</source>
        <translation>Elternmodell</translation>
    </message>
    <message>
        <source>What the child wrote</source>
        <translation>Was das Kind geschrieben hat</translation>
    </message>
    <message>
        <source>What the parent wrote</source>
        <translation>Was das Elternmodell geschrieben hat</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>Erstellt</translation>
    </message>
    <message>
        <source>predicted</source>
        <translation>vorhergesagt</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>gemessen</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>refitted</source>
        <translation>nachgepasst</translation>
    </message>
    <message>
        <source>assembled</source>
        <translation>zusammengesetzt</translation>
    </message>
    <message>
        <source>its folder is gone</source>
        <translation>sein Ordner fehlt</translation>
    </message>
    <message>
        <source>Folder of the child</source>
        <translation>Ordner des Kindes</translation>
    </message>
    <message>
        <source>Check against measurement</source>
        <translation>Mit Messung vergleichen</translation>
    </message>
    <message>
        <source>Measures divergence, perplexity and run time of the child, on text that the search has not seen</source>
        <translation>Misst Divergenz, Perplexität und Laufzeit des Kindes auf Text, den die Suche nicht kennt</translation>
    </message>
    <message>
        <source>What the child makes of it appears here.</source>
        <translation>Hier erscheint, was das Kind daraus macht.</translation>
    </message>
    <message>
        <source>What the parent makes of it appears here.</source>
        <translation>Hier erscheint, was das Elternmodell daraus macht.</translation>
    </message>
    <message>
        <source>Export this table</source>
        <translation>Diese Tabelle exportieren</translation>
    </message>
</context>
<context>
    <name>tessera::ui::ComparePage</name>
    <message>
        <source>Two children</source>
        <translation>Zwei Kinder</translation>
    </message>
    <message>
        <source>Pool</source>
        <translation>Auswahl</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Nothing to compare yet</source>
        <translation>Noch nichts zu vergleichen</translation>
    </message>
    <message>
        <source>Find a child in the search and keep it as A. Whatever the limits lead to afterwards is B: here is what changed in which layer, and at what price.</source>
        <translation>Suchen Sie ein Kind und behalten Sie es als A. Wohin die Grenzen danach führen, ist B: Hier steht, was sich in welcher Schicht geändert hat und zu welchem Preis.</translation>
    </message>
    <message>
        <source>Go to the search</source>
        <translation>Zur Suche</translation>
    </message>
    <message>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
    <message>
        <source>Present child as A</source>
        <translation>Aktuelles Kind als A</translation>
    </message>
    <message>
        <source>Present child as B</source>
        <translation>Aktuelles Kind als B</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Follow the search</source>
        <translation>Der Suche folgen</translation>
    </message>
    <message>
        <source>Export A</source>
        <translation>A exportieren</translation>
    </message>
    <message>
        <source>Export B</source>
        <translation>B exportieren</translation>
    </message>
    <message>
        <source>Child A, layer by layer</source>
        <translation>Kind A, Schicht für Schicht</translation>
    </message>
    <message>
        <source>Child B, layer by layer</source>
        <translation>Kind B, Schicht für Schicht</translation>
    </message>
    <message>
        <source>Nothing is kept as A yet.</source>
        <translation>Noch nichts als A behalten.</translation>
    </message>
    <message>
        <source>No child keeps the present limits.</source>
        <translation>Kein Kind hält die aktuellen Grenzen ein.</translation>
    </message>
    <message>
        <source>Costs</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Costs of A and B</source>
        <translation>Kosten von A und B</translation>
    </message>
    <message>
        <source>Export the costs</source>
        <translation>Kosten exportieren</translation>
    </message>
    <message>
        <source>What differs</source>
        <translation>Was sich unterscheidet</translation>
    </message>
    <message>
        <source>Sub-blocks that differ between A and B</source>
        <translation>Teilblöcke, in denen sich A und B unterscheiden</translation>
    </message>
    <message>
        <source>Export the differences</source>
        <translation>Unterschiede exportieren</translation>
    </message>
    <message>
        <source>proved optimal</source>
        <translation>bewiesen optimal</translation>
    </message>
    <message>
        <source>not proved</source>
        <translation>nicht bewiesen</translation>
    </message>
    <message>
        <source>no limits</source>
        <translation>keine Grenzen</translation>
    </message>
    <message>
        <source>follows the search</source>
        <translation>folgt der Suche</translation>
    </message>
    <message>
        <source>A and B are the same child.</source>
        <translation>A und B sind dasselbe Kind.</translation>
    </message>
    <message numerus="yes">
        <source>B has %n other sub-block(s) than A: %1 %2.</source>
        <translation>
            <numerusform>B hat %n anderen Teilblock als A: %1 %2.</numerusform>
            <numerusform>B hat %n andere Teilblöcke als A: %1 %2.</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 per %2</source>
        <translation>%1 je %2</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>B against A</source>
        <translation>B gegen A</translation>
    </message>
    <message>
        <source>B of parent</source>
        <translation>B von Eltern</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Teil</translation>
    </message>
</context>
<context>
    <name>tessera::ui::ConstraintPanel</name>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>Objective</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>Workload</source>
        <translation>Last</translation>
    </message>
    <message>
        <source>Minimise</source>
        <translation>Minimieren</translation>
    </message>
    <message>
        <source>Conflict</source>
        <translation>Widerspruch</translation>
    </message>
    <message>
        <source>No limits yet: the best child is the parent itself. Add one and drag it.</source>
        <translation>Noch keine Grenzen: Das beste Kind ist das Elternmodell selbst. Fügen Sie eine hinzu und ziehen Sie daran.</translation>
    </message>
    <message>
        <source>Add limit</source>
        <translation>Grenze hinzufügen</translation>
    </message>
    <message>
        <source>Pins and bans</source>
        <translation>Festgelegt und verboten</translation>
    </message>
    <message>
        <source>minimise %1</source>
        <translation>%1 minimieren</translation>
    </message>
    <message>
        <source>workload %1</source>
        <translation>Last %1</translation>
    </message>
    <message>
        <source>no limit on %1</source>
        <translation>keine Grenze für %1</translation>
    </message>
    <message>
        <source>limit on %1</source>
        <translation>Grenze für %1</translation>
    </message>
    <message>
        <source>%1 (parent %2)</source>
        <translation>%1 (Elternmodell %2)</translation>
    </message>
    <message>
        <source>Unpin %1</source>
        <translation>%1 freigeben</translation>
    </message>
    <message>
        <source>Allow %1</source>
        <translation>%1 erlauben</translation>
    </message>
    <message>
        <source>unpin %1</source>
        <translation>%1 freigeben</translation>
    </message>
    <message>
        <source>allow %1</source>
        <translation>%1 erlauben</translation>
    </message>
    <message>
        <source>Click a layer of the child to pin what it has there; right-click for more.</source>
        <translation>Ein Klick auf eine Schicht des Kindes legt fest, was dort ist; ein Rechtsklick bietet mehr.</translation>
    </message>
    <message>
        <source>No child can keep all of this</source>
        <translation>Kein Kind kann all das einhalten</translation>
    </message>
    <message>
        <source>Together impossible: %1</source>
        <translation>Zusammen unmöglich: %1</translation>
    </message>
    <message>
        <source>The least that repairs it:</source>
        <translation>Das Geringste, was hilft:</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>relax %1</source>
        <translation>%1 lockern</translation>
    </message>
    <message>
        <source>No single limit repairs it; free some pins or bans.</source>
        <translation>Keine einzelne Grenze genügt; geben Sie Festgelegtes oder Verbotenes frei.</translation>
    </message>
    <message>
        <source>Aversion to noise</source>
        <translation>Abneigung gegen Rauschen</translation>
    </message>
    <message>
        <source>How many standard errors are added to every score: what is measured badly is chosen less</source>
        <translation>Wie viele Standardfehler auf jeden Wert kommen: Schlecht Gemessenes wird seltener gewählt</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>Rauschen</translation>
    </message>
    <message>
        <source>mean score alone</source>
        <translation>nur der Mittelwert</translation>
    </message>
    <message>
        <source>mean + %1 std. errors</source>
        <translation>Mittel + %1 Std.-Fehler</translation>
    </message>
    <message>
        <source>aversion to noise %1</source>
        <translation>Abneigung gegen Rauschen %1</translation>
    </message>
    <message>
        <source>Impossible by itself: %1</source>
        <translation>Für sich allein unmöglich: %1</translation>
    </message>
</context>
<context>
    <name>tessera::ui::DistillDialog</name>
    <message>
        <source>Distil %1</source>
        <translation>%1 destillieren</translation>
    </message>
    <message>
        <source>Trains the whole child towards its parent, on the project's text. The weights that do best on held-out windows become a new child; this one stays as it is.</source>
        <translation>Trainiert das ganze Kind auf sein Elternmodell hin, mit dem Text des Projekts. Die Gewichte, die auf zurückgehaltenen Fenstern am besten abschneiden, werden ein neues Kind; dieses bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Distil</source>
        <translation>Destillieren</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Umfang</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>Minuten</translation>
    </message>
    <message>
        <source>Unit of the budget</source>
        <translation>Einheit des Umfangs</translation>
    </message>
    <message>
        <source>KL</source>
        <translation>KL</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>Kosinus</translation>
    </message>
    <message>
        <source>Next token</source>
        <translation>Nächstes Token</translation>
    </message>
    <message>
        <source>KL divergence of the child's predictions from the parent's</source>
        <translation>KL-Divergenz der Vorhersagen des Kindes von denen des Elternmodells</translation>
    </message>
    <message>
        <source>Mean cosine distance of the hidden states behind every layer from the parent's</source>
        <translation>Mittlerer Kosinusabstand der verborgenen Zustände hinter jeder Schicht von denen des Elternmodells</translation>
    </message>
    <message>
        <source>Loss on the text itself, without the parent</source>
        <translation>Verlust auf dem Text selbst, ohne das Elternmodell</translation>
    </message>
    <message>
        <source>Weight of %1</source>
        <translation>Gewicht von %1</translation>
    </message>
    <message>
        <source>Weights of the losses</source>
        <translation>Gewichte der Verluste</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>Its peak: it rises at first, then falls along a cosine to a tenth</source>
        <translation>Ihr Höchstwert: Sie steigt zuerst und fällt dann entlang eines Kosinus auf ein Zehntel</translation>
    </message>
    <message>
        <source>What is trained</source>
        <translation>Was trainiert wird</translation>
    </message>
    <message>
        <source>Embeddings, final norm and head too</source>
        <translation>Auch Einbettungen, letzte Norm und Kopf</translation>
    </message>
    <message>
        <source>Folder of the new child</source>
        <translation>Ordner des neuen Kindes</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Auswählen …</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wohin</translation>
    </message>
    <message>
        <source>All sub-blocks</source>
        <translation>Alle Teilblöcke</translation>
    </message>
    <message>
        <source>Sub-blocks that are not the parent's</source>
        <translation>Teilblöcke, die nicht die des Elternmodells sind</translation>
    </message>
    <message>
        <source>Attention of every layer</source>
        <translation>Attention jeder Schicht</translation>
    </message>
    <message>
        <source>FFN of every layer</source>
        <translation>FFN jeder Schicht</translation>
    </message>
    <message>
        <source>Go on with %1, which was interrupted</source>
        <translation>Mit %1 fortfahren, das unterbrochen wurde</translation>
    </message>
    <message>
        <source>%1 parameters; about %2 of memory beside the models</source>
        <translation>%1 Parameter; etwa %2 Speicher neben den Modellen</translation>
    </message>
    <message>
        <source>Preparing…</source>
        <translation>Wird vorbereitet …</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird angehalten …</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>%1 done</source>
        <translation>%1 fertig</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>It goes on when this window is closed; the Jobs workspace shows it.</source>
        <translation>Es läuft weiter, wenn dieses Fenster geschlossen wird; der Arbeitsbereich Aufträge zeigt es.</translation>
    </message>
    <message>
        <source>Stopped. What was reached is kept, and goes on from there.</source>
        <translation>Angehalten. Das Erreichte bleibt erhalten, und es geht von dort weiter.</translation>
    </message>
    <message>
        <source>The new child is %1.</source>
        <translation>Das neue Kind ist %1.</translation>
    </message>
    <message>
        <source>No step did better on held-out text than the beginning, which is what was written.</source>
        <translation>Kein Schritt war auf zurückgehaltenem Text besser als der Anfang; dieser wurde geschrieben.</translation>
    </message>
    <message>
        <source>%1 on held-out text: %2 before, %3 now.</source>
        <translation>%1 auf zurückgehaltenem Text: vorher %2, jetzt %3.</translation>
    </message>
</context>
<context>
    <name>tessera::ui::DockPage</name>
    <message>
        <source>Drag to move this panel; double-click to float it</source>
        <translation>Ziehen verschiebt diese Tafel; ein Doppelklick löst sie</translation>
    </message>
    <message>
        <source>In a window of its own</source>
        <translation>In einem eigenen Fenster</translation>
    </message>
    <message>
        <source>Put these panels back</source>
        <translation>Diese Tafeln zurücksetzen</translation>
    </message>
    <message>
        <source>Shown</source>
        <translation>Sichtbar</translation>
    </message>
    <message>
        <source>To the bottom</source>
        <translation>Nach unten</translation>
    </message>
    <message>
        <source>To the left</source>
        <translation>Nach links</translation>
    </message>
    <message>
        <source>To the right</source>
        <translation>Nach rechts</translation>
    </message>
    <message>
        <source>To the top</source>
        <translation>Nach oben</translation>
    </message>
</context>
<context>
    <name>tessera::ui::EmptyState</name>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Picture (*.png);;Drawing (*.svg);;Numbers (*.csv)</source>
        <translation>Bild (*.png);;Zeichnung (*.svg);;Zahlen (*.csv)</translation>
    </message>
    <message>
        <source>%1, exact</source>
        <translation>%1, genau</translation>
    </message>
    <message>
        <source>Numbers (*.csv);;Picture (*.png);;Drawing (*.svg)</source>
        <translation>Zahlen (*.csv);;Bild (*.png);;Zeichnung (*.svg)</translation>
    </message>
    <message>
        <source>%1: a table of %2 rows is too long for a picture; write it as .csv</source>
        <translation>%1: Eine Tabelle von %2 Zeilen ist zu lang für ein Bild; schreiben Sie sie als .csv</translation>
    </message>
</context>
<context>
    <name>tessera::ui::EngineClient</name>
    <message>
        <source>The program tessera was not found beside this one or on the path</source>
        <translation>Das Programm tessera fehlt: Es liegt weder neben diesem noch im Suchpfad</translation>
    </message>
    <message>
        <source>%1 could not be started: %2</source>
        <translation>%1 ließ sich nicht starten: %2</translation>
    </message>
    <message>
        <source>The engine is not running</source>
        <translation>Die Maschine läuft nicht</translation>
    </message>
    <message>
        <source>The engine said something that is no message: %1</source>
        <translation>Die Maschine hat etwas gesagt, das keine Nachricht ist: %1</translation>
    </message>
    <message>
        <source>The engine was killed or crashed (signal %1)</source>
        <translation>Die Maschine wurde beendet oder ist abgestürzt (Signal %1)</translation>
    </message>
    <message>
        <source>The engine ended with code %1</source>
        <translation>Die Maschine endete mit Code %1</translation>
    </message>
</context>
<context>
    <name>tessera::ui::ExportDialog</name>
    <message>
        <source>Export %1</source>
        <translation>%1 exportieren</translation>
    </message>
    <message>
        <source>Which programs load it</source>
        <translation>Welche Programme es laden</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>Loads it</source>
        <translation>Lädt es</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>Programs</source>
        <translation>Programme</translation>
    </message>
    <message>
        <source>What the program does with this model</source>
        <translation>Was das Programm mit diesem Modell macht</translation>
    </message>
    <message>
        <source>Hugging Face folder (plain where all layers are alike)</source>
        <translation>Hugging-Face-Ordner (einfach, wo alle Schichten gleich sind)</translation>
    </message>
    <message>
        <source>nemotron-nas folder (layers may differ)</source>
        <translation>nemotron-nas-Ordner (Schichten dürfen sich unterscheiden)</translation>
    </message>
    <message>
        <source>GGUF file for llama.cpp</source>
        <translation>GGUF-Datei für llama.cpp</translation>
    </message>
    <message>
        <source>Puzzletron folder (one file a sub-block)</source>
        <translation>Puzzletron-Ordner (eine Datei je Teilblock)</translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation>Zahlen</translation>
    </message>
    <message>
        <source>With the tokenizer</source>
        <translation>Mit dem Tokenizer</translation>
    </message>
    <message>
        <source>Where to write it</source>
        <translation>Wohin es geschrieben wird</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Auswählen …</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wohin</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>attention</source>
        <translation>Attention</translation>
    </message>
    <message>
        <source>FFN</source>
        <translation>FFN</translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>Source: %1</source>
        <translation>Quelle: %1</translation>
    </message>
    <message>
        <source>%1 loads this model as it is.</source>
        <translation>%1 lädt dieses Modell, wie es ist.</translation>
    </message>
    <message>
        <source>As the model has them</source>
        <translation>Wie im Modell</translation>
    </message>
    <message>
        <source>Q8_0 (8 bits in blocks of 32)</source>
        <translation>Q8_0 (8 Bit in Blöcken zu 32)</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>Schreibt …</translation>
    </message>
    <message>
        <source>Stopped; nothing was written.</source>
        <translation>Angehalten; nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>Written: %1 (%2)</source>
        <translation>Geschrieben: %1 (%2)</translation>
    </message>
</context>
<context>
    <name>tessera::ui::FrontPanel</name>
    <message>
        <source>Front: the best possible score for every amount of a cost</source>
        <translation>Front: die bestmögliche Güte für jeden Betrag der Kosten</translation>
    </message>
    <message>
        <source>The front appears here.</source>
        <translation>Hier erscheint die Front.</translation>
    </message>
    <message>
        <source>Cost on the front&apos;s axis</source>
        <translation>Kosten auf der Achse der Front</translation>
    </message>
    <message>
        <source>Random</source>
        <translation>Zufall</translation>
    </message>
    <message>
        <source>%1 children drawn at random, as dots</source>
        <translation>%1 zufällig gezogene Kinder, als Punkte</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log.</translation>
    </message>
    <message>
        <source>Select with a lasso (or drag with Shift)</source>
        <translation>Mit dem Lasso auswählen (oder mit Umschalt ziehen)</translation>
    </message>
    <message>
        <source>Export the front</source>
        <translation>Front exportieren</translation>
    </message>
    <message>
        <source>Random children</source>
        <translation>Zufällige Kinder</translation>
    </message>
    <message>
        <source>Parent</source>
        <translation>Elternmodell</translation>
    </message>
    <message>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
    <message>
        <source>Selected</source>
        <translation>Gewählt</translation>
    </message>
    <message>
        <source>Logarithmic scale of the score</source>
        <translation>Logarithmische Skala der Werte</translation>
    </message>
    <message>
        <source>The front is being traced…</source>
        <translation>Die Front wird gezogen …</translation>
    </message>
    <message>
        <source>Where no child keeps the limits there is no front.</source>
        <translation>Wo kein Kind die Grenzen einhält, gibt es keine Front.</translation>
    </message>
</context>
<context>
    <name>tessera::ui::FrontView</name>
    <message>
        <source>Child</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>Best possible</source>
        <translation>Bestmöglich</translation>
    </message>
    <message>
        <source>Click to set the limit here</source>
        <translation>Klicken setzt die Grenze hierher</translation>
    </message>
    <message>
        <source>Mark</source>
        <translation>Marke</translation>
    </message>
</context>
<context>
    <name>tessera::ui::HeatMapView</name>
    <message>
        <source>Child</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>Festgelegt</translation>
    </message>
    <message>
        <source>Banned</source>
        <translation>Verboten</translation>
    </message>
</context>
<context>
    <name>tessera::ui::JobsPage</name>
    <message>
        <source>Nothing has run in this project yet. Building the library is the first job.</source>
        <translation>In diesem Projekt ist noch nichts gelaufen. Der erste Auftrag ist, die Bibliothek zu bauen.</translation>
    </message>
    <message>
        <source>Distil a child</source>
        <translation>Ein Kind destillieren</translation>
    </message>
    <message>
        <source>Measure a child</source>
        <translation>Ein Kind messen</translation>
    </message>
    <message>
        <source>Export a child</source>
        <translation>Ein Kind exportieren</translation>
    </message>
    <message>
        <source>Tangent kernel of a model</source>
        <translation>Tangentialkern eines Modells</translation>
    </message>
    <message>
        <source>Import costs</source>
        <translation>Kosten importieren</translation>
    </message>
    <message>
        <source>Examine this machine</source>
        <translation>Diesen Rechner untersuchen</translation>
    </message>
    <message>
        <source>Build the library</source>
        <translation>Bibliothek aufbauen</translation>
    </message>
    <message>
        <source>Make a child</source>
        <translation>Kind bauen</translation>
    </message>
    <message>
        <source>Evaluate a child</source>
        <translation>Kind auswerten</translation>
    </message>
    <message>
        <source>Generate text</source>
        <translation>Text schreiben</translation>
    </message>
    <message>
        <source>Create a project</source>
        <translation>Projekt anlegen</translation>
    </message>
    <message>
        <source>Open the demo</source>
        <translation>Demo öffnen</translation>
    </message>
    <message>
        <source>Import a library</source>
        <translation>Bibliothek importieren</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Build or continue the library</source>
        <translation>Bibliothek aufbauen oder fortsetzen</translation>
    </message>
    <message>
        <source>Fits, trains, scores and measures what is still missing; can be stopped and continued at any time</source>
        <translation>Passt an, trainiert, bewertet und misst, was noch fehlt; lässt sich jederzeit anhalten und fortsetzen</translation>
    </message>
    <message>
        <source>Nothing is running.</source>
        <translation>Nichts läuft.</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Erledigt</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Bemerkung</translation>
    </message>
    <message>
        <source>History of jobs</source>
        <translation>Verlauf der Aufträge</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>What running jobs say appears here.</source>
        <translation>Hier erscheint, was laufende Aufträge melden.</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>What is done is kept; the same job continues later</source>
        <translation>Erledigtes bleibt; derselbe Auftrag geht später weiter</translation>
    </message>
    <message>
        <source>stopping…</source>
        <translation>hält an …</translation>
    </message>
    <message>
        <source>%1 of %2 %3</source>
        <translation>%1 von %2 %3</translation>
    </message>
    <message>
        <source>%1 %2/s</source>
        <translation>%1 %2/s</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>unterbrochen</translation>
    </message>
    <message>
        <source>Export the history</source>
        <translation>Den Verlauf exportieren</translation>
    </message>
</context>
<context>
    <name>tessera::ui::LessonPanel</name>
    <message>
        <source>Lesson</source>
        <translation>Lektion</translation>
    </message>
    <message>
        <source>Large type</source>
        <translation>Große Schrift</translation>
    </message>
    <message>
        <source>Presenter mode: everything in large type</source>
        <translation>Vortragsmodus: alles in großer Schrift</translation>
    </message>
    <message>
        <source>End the lesson</source>
        <translation>Lektion beenden</translation>
    </message>
    <message>
        <source>Figures of this step</source>
        <translation>Zahlen dieses Schritts</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>end of the lesson</source>
        <translation>Ende der Lektion</translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <translation>Schritt %1 von %2</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>Fertig</translation>
    </message>
</context>
<context>
    <name>tessera::ui::Lessons</name>
    <message>
        <source>lesson</source>
        <translation>Lektion</translation>
    </message>
    <message>
        <source>Greedy: %1. Proven best: %2. Greedy loses %3 more.</source>
        <translation>Gierig: %1. Bewiesen bestes: %2. Gierig verliert %3 mehr.</translation>
    </message>
    <message>
        <source>The baselines are being computed…</source>
        <translation>Die Vergleichsregeln werden berechnet …</translation>
    </message>
    <message>
        <source>Found: %1. No child is below: %2.</source>
        <translation>Gefunden: %1. Kein Kind liegt unter: %2.</translation>
    </message>
    <message>
        <source>Why greedy fails, and what the proof adds</source>
        <translation>Warum Gier scheitert und was der Beweis hinzufügt</translation>
    </message>
    <message>
        <source>A child has one variant in each half of each layer: more combinations than anybody can try. Here the memory may be at most 60 % of the parent&apos;s, and this strip is the best child there is.</source>
        <translation>Ein Kind hat in jeder Hälfte jeder Schicht eine Variante: mehr Kombinationen, als irgendwer probieren kann. Hier darf der Speicher höchstens 60 % von dem des Elternmodells sein, und dieser Streifen ist das beste Kind, das es gibt.</translation>
    </message>
    <message>
        <source>The greedy rule takes away, step by step, what costs the least score for each byte saved. It never takes a step back, so an early bargain can block a better combination.</source>
        <translation>Die gierige Regel nimmt Schritt für Schritt weg, was je gespartem Byte am wenigsten schadet. Sie geht nie einen Schritt zurück, und so kann ein früher Handel eine bessere Kombination verbauen.</translation>
    </message>
    <message>
        <source>The proof is the other half: a bound that no child can get below. Where bound and child meet, looking further is useless, for this library and these scores.</source>
        <translation>Der Beweis ist die andere Hälfte: eine Schranke, unter die kein Kind kommt. Wo Schranke und Kind sich treffen, ist weiteres Suchen nutzlos, für diese Bibliothek und diese Werte.</translation>
    </message>
    <message>
        <source>The tighter the limit, the more every decision depends on all others, and the more a rule of thumb gives away.</source>
        <translation>Je enger die Grenze, desto mehr hängt jede Entscheidung von allen anderen ab, und desto mehr verschenkt eine Faustregel.</translation>
    </message>
    <message>
        <source>Score: %1. Price: %2 per %3.</source>
        <translation>Wert: %1. Preis: %2 je %3.</translation>
    </message>
    <message>
        <source>What a price means</source>
        <translation>Was ein Preis bedeutet</translation>
    </message>
    <message>
        <source>Under a limit that binds, every further byte would buy a better child. The price says how much better, per unit: it is read beside the limit.</source>
        <translation>Unter einer bindenden Grenze würde jedes weitere Byte ein besseres Kind kaufen. Der Preis sagt, wie viel besser, je Einheit: Er steht neben der Grenze.</translation>
    </message>
    <message>
        <source>Give one per cent more and the score falls by about price times what was given. About, because a child is made of whole blocks and moves in steps.</source>
        <translation>Geben Sie ein Prozent mehr, und der Wert sinkt um etwa Preis mal Gegebenes. Etwa, denn ein Kind besteht aus ganzen Blöcken und ändert sich in Stufen.</translation>
    </message>
    <message>
        <source>On the front the price is the slope: steep where memory is scarce, flat where there is plenty.</source>
        <translation>Auf der Front ist der Preis die Steigung: steil, wo Speicher knapp ist, flach, wo es reichlich gibt.</translation>
    </message>
    <message>
        <source>A limit that nothing presses against costs nothing: its price is 0, and relaxing it buys nothing.</source>
        <translation>Eine Grenze, gegen die nichts drückt, kostet nichts: Ihr Preis ist 0, und sie zu lockern bringt nichts.</translation>
    </message>
    <message>
        <source>Together impossible: %1</source>
        <translation>Zusammen unmöglich: %1</translation>
    </message>
    <message>
        <source>Score: %1.</source>
        <translation>Wert: %1.</translation>
    </message>
    <message>
        <source>A limit that cannot hold, and its repair</source>
        <translation>Eine unhaltbare Grenze und ihre Reparatur</translation>
    </message>
    <message>
        <source>One per cent of the parent&apos;s memory is less than what remains when every block is removed: the embeddings stay. No child can keep this, and that too is proved.</source>
        <translation>Ein Prozent vom Speicher des Elternmodells ist weniger, als bleibt, wenn jeder Block entfernt ist: Die Einbettungen bleiben. Kein Kind kann das einhalten, und auch das ist bewiesen.</translation>
    </message>
    <message>
        <source>The hatched part of the slider is dead: no position in it can be kept, whatever is chosen. The panel names the limits that conflict and, for each, the least that repairs it.</source>
        <translation>Der schraffierte Teil des Reglers ist tot: Keine Stellung darin ist einzuhalten, was auch gewählt wird. Die Tafel nennt die Grenzen, die sich widersprechen, und für jede das Geringste, was hilft.</translation>
    </message>
    <message>
        <source>The button takes that least step. What comes out is the smallest child of all.</source>
        <translation>Der Knopf geht diesen kleinsten Schritt. Heraus kommt das kleinste Kind von allen.</translation>
    </message>
    <message>
        <source>Undo leads back through every one of these steps, the impossible one too: no decision is lost.</source>
        <translation>Rückgängig führt durch jeden dieser Schritte zurück, auch durch den unmöglichen: Keine Entscheidung geht verloren.</translation>
    </message>
    <message numerus="yes">
        <source>%n sub-block(s) were chosen otherwise.</source>
        <translation>
            <numerusform>%n Teilblock wurde anders gewählt.</numerusform>
            <numerusform>%n Teilblöcke wurden anders gewählt.</numerusform>
        </translation>
    </message>
    <message>
        <source>How noise in the scores moves the choice</source>
        <translation>Wie Rauschen in den Werten die Wahl verschiebt</translation>
    </message>
    <message>
        <source>A score is a mean over windows of text, and a mean has a standard error. This child takes the means as they are.</source>
        <translation>Ein Wert ist ein Mittel über Textfenster, und ein Mittel hat einen Standardfehler. Dieses Kind nimmt die Mittel, wie sie sind.</translation>
    </message>
    <message>
        <source>Now two standard errors are added to every score: a variant that was measured badly has to be that much better to be chosen. The first child was kept as A.</source>
        <translation>Jetzt kommen auf jeden Wert zwei Standardfehler: Eine schlecht gemessene Variante muss um so viel besser sein, um gewählt zu werden. Das erste Kind wurde als A behalten.</translation>
    </message>
    <message>
        <source>Side by side: where A and B differ, the measurement could not tell the variants apart. Score those on more text before you trust either.</source>
        <translation>Nebeneinander: Wo A und B sich unterscheiden, konnte die Messung die Varianten nicht trennen. Bewerten Sie diese auf mehr Text, bevor Sie einem von beiden trauen.</translation>
    </message>
    <message>
        <source>This project has no fitted variants.</source>
        <translation>Dieses Projekt hat keine angepassten Varianten.</translation>
    </message>
    <message>
        <source>What distillation does to a variant</source>
        <translation>Was Destillation mit einer Variante macht</translation>
    </message>
    <message>
        <source>A variant begins as a copy with parts taken away. The colour is the error of the layer&apos;s output before anything was fitted.</source>
        <translation>Eine Variante beginnt als Kopie, der Teile fehlen. Die Farbe ist der Fehler der Schichtausgabe, bevor etwas angepasst wurde.</translation>
    </message>
    <message>
        <source>The same after the variant was fitted to do what the parent&apos;s layer did, on the same text. The scale is its own: look at the numbers.</source>
        <translation>Dasselbe, nachdem die Variante angepasst wurde, auf demselben Text zu tun, was die Schicht des Elternmodells tat. Die Skala ist eine eigene: Sehen Sie auf die Zahlen.</translation>
    </message>
    <message>
        <source>This variant gained the most. The inspector shows both errors and what is left of the first.</source>
        <translation>Diese Variante hat am meisten gewonnen. Der Inspektor zeigt beide Fehler und was vom ersten übrig ist.</translation>
    </message>
    <message>
        <source>%1 of the error is left.</source>
        <translation>%1 des Fehlers sind übrig.</translation>
    </message>
    <message>
        <source>What counts in the end is the score: the damage to the whole model when only this block is replaced.</source>
        <translation>Am Ende zählt der Wert: der Schaden am ganzen Modell, wenn nur dieser Block ersetzt wird.</translation>
    </message>
</context>
<context>
    <name>tessera::ui::LibraryPage</name>
    <message>
        <source>Block library</source>
        <translation>Bausteinbibliothek</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>Shown as</source>
        <translation>Darstellung</translation>
    </message>
    <message>
        <source>Export this view</source>
        <translation>Diese Ansicht exportieren</translation>
    </message>
    <message>
        <source>Colour by</source>
        <translation>Farbe nach</translation>
    </message>
    <message>
        <source>Per saved</source>
        <translation>Je gesparter Einheit</translation>
    </message>
    <message>
        <source>Divides by what the variant saves against the parent&apos;s</source>
        <translation>Teilt durch das, was die Variante gegenüber dem Elternmodell spart</translation>
    </message>
    <message>
        <source>Logarithmic</source>
        <translation>Logarithmisch</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>Linear</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Skala</translation>
    </message>
    <message>
        <source>Filter: layer, variant, origin</source>
        <translation>Filter: Schicht, Variante, Herkunft</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Library as a heat map of layers and variants</source>
        <translation>Bibliothek als Farbkarte aus Schichten und Varianten</translation>
    </message>
    <message>
        <source>This project has no variants yet. Run its jobs to make some.</source>
        <translation>Dieses Projekt hat noch keine Varianten. Seine Aufträge erzeugen sie.</translation>
    </message>
    <message>
        <source>Library as a table</source>
        <translation>Bibliothek als Tabelle</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n Schicht</numerusform>
            <numerusform>%n Schichten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n variant(s)</source>
        <translation>
            <numerusform>%n Variante</numerusform>
            <numerusform>%n Varianten</numerusform>
        </translation>
    </message>
    <message>
        <source>per saved %1</source>
        <translation>je Ersparnis: %1</translation>
    </message>
    <message>
        <source>Loss before</source>
        <translation>Fehler vorher</translation>
    </message>
    <message>
        <source>Loss after</source>
        <translation>Fehler nachher</translation>
    </message>
    <message>
        <source>Whole layers</source>
        <translation>Ganze Schichten</translation>
    </message>
    <message>
        <source>Attention: kv heads</source>
        <translation>Attention: KV-Köpfe</translation>
    </message>
    <message>
        <source>FFN: width</source>
        <translation>FFN: Breite</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>gewählt</translation>
    </message>
    <message>
        <source>parent</source>
        <translation>Elternmodell</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>festgelegt</translation>
    </message>
    <message>
        <source>banned</source>
        <translation>verboten</translation>
    </message>
    <message>
        <source>Layer %1, %2: %3</source>
        <translation>Schicht %1, %2: %3</translation>
    </message>
    <message>
        <source>estimated</source>
        <translation>geschätzt</translation>
    </message>
    <message>
        <source>Weights: %1</source>
        <translation>Gewichte: %1</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>Freigeben</translation>
    </message>
    <message>
        <source>Pin: the child must have it</source>
        <translation>Festlegen: Das Kind muss sie haben</translation>
    </message>
    <message>
        <source>Allow again</source>
        <translation>Wieder erlauben</translation>
    </message>
    <message>
        <source>Ban: the child must not have it</source>
        <translation>Verbieten: Das Kind darf sie nicht haben</translation>
    </message>
    <message>
        <source>per variant</source>
        <translation>je Variante</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>Explain: what the best child loses with it</source>
        <translation>Erklären: was das beste Kind damit verliert</translation>
    </message>
    <message>
        <source>Export this variant</source>
        <translation>Diese Variante exportieren</translation>
    </message>
</context>
<context>
    <name>tessera::ui::LimitRow</name>
    <message>
        <source>Limit on %1</source>
        <translation>Grenze für %1</translation>
    </message>
    <message>
        <source>At most or at least</source>
        <translation>Höchstens oder mindestens</translation>
    </message>
    <message>
        <source>At most or at least; click to change</source>
        <translation>Höchstens oder mindestens; Klicken wechselt</translation>
    </message>
    <message>
        <source>Limit on %1, exact</source>
        <translation>Grenze für %1, genau</translation>
    </message>
    <message>
        <source>A number with a unit (24GiB, 12.5ms, 100M) or per cent of the parent (70%)</source>
        <translation>Eine Zahl mit Einheit (24GiB, 12.5ms, 100M) oder Prozent des Elternmodells (70%)</translation>
    </message>
    <message>
        <source>Remove the limit on %1</source>
        <translation>Grenze für %1 entfernen</translation>
    </message>
    <message>
        <source>Limit on %1, per cent of the parent</source>
        <translation>Grenze für %1, Prozent des Elternmodells</translation>
    </message>
    <message>
        <source>Cannot hold together with others</source>
        <translation>Nicht zusammen mit anderen einzuhalten</translation>
    </message>
    <message>
        <source>The child&apos;s total is unknown</source>
        <translation>Die Summe des Kindes ist unbekannt</translation>
    </message>
    <message>
        <source>Child %1</source>
        <translation>Kind %1</translation>
    </message>
    <message>
        <source>Child %1 · %2 to spare</source>
        <translation>Kind %1 · %2 frei</translation>
    </message>
    <message>
        <source>Price %1 %2 per %3</source>
        <translation>Preis %1 %2 je %3</translation>
    </message>
    <message>
        <source>Price 0: does not bind</source>
        <translation>Preis 0: bindet nicht</translation>
    </message>
    <message>
        <source>No child to hold it against</source>
        <translation>Kein Kind, an dem sie zu messen wäre</translation>
    </message>
    <message>
        <source>No child can hold it</source>
        <translation>Kein Kind kann sie einhalten</translation>
    </message>
</context>
<context>
    <name>tessera::ui::MainWindow</name>
    <message>
        <source>Pool</source>
        <translation>Auswahl</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Children</source>
        <translation>Kinder</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Open project…</source>
        <translation>Projekt ö&amp;ffnen …</translation>
    </message>
    <message>
        <source>&amp;New from checkpoint…</source>
        <translation>&amp;Neu aus Checkpoint …</translation>
    </message>
    <message>
        <source>&amp;Close project</source>
        <translation>Projekt s&amp;chließen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Farben</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;About Tessera</source>
        <translation>&amp;Über Tessera</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>read only</source>
        <translation>nur lesen</translation>
    </message>
    <message>
        <source>opening…</source>
        <translation>wird geöffnet …</translation>
    </message>
    <message>
        <source>&amp;Undo %1</source>
        <translation>&amp;Rückgängig: %1</translation>
    </message>
    <message>
        <source>&amp;Redo %1</source>
        <translation>&amp;Wiederholen: %1</translation>
    </message>
    <message>
        <source>Open project</source>
        <translation>Projekt öffnen</translation>
    </message>
    <message>
        <source>Tessera projects (*.tessera)</source>
        <translation>Tessera-Projekte (*.tessera)</translation>
    </message>
    <message>
        <source>Texts to fit and score with</source>
        <translation>Texte zum Anpassen und Bewerten</translation>
    </message>
    <message>
        <source>Text files (*.txt);;All files (*)</source>
        <translation>Textdateien (*.txt);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>Neues Projekt</translation>
    </message>
    <message>
        <source>About Tessera</source>
        <translation>Über Tessera</translation>
    </message>
    <message>
        <source>Tessera Studio %1
Engine %2
Qt %3

GPL-3.0-or-later; the engine is Apache-2.0.</source>
        <translation>Tessera Studio %1
Maschine %2
Qt %3

GPL-3.0-or-later; die Maschine steht unter Apache-2.0.</translation>
    </message>
    <message>
        <source>Open the &amp;demo</source>
        <translation>&amp;Demo öffnen</translation>
    </message>
    <message>
        <source>Export &amp;report…</source>
        <translation>&amp;Bericht exportieren …</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>&amp;Panels</source>
        <translation>&amp;Tafeln</translation>
    </message>
    <message>
        <source>Put all panels back</source>
        <translation>Alle Tafeln zurücksetzen</translation>
    </message>
    <message>
        <source>&amp;Large type for presenting</source>
        <translation>&amp;Große Schrift zum Vortragen</translation>
    </message>
    <message>
        <source>&amp;Lessons</source>
        <translation>&amp;Lektionen</translation>
    </message>
    <message>
        <source>%1 cannot be written</source>
        <translation>%1 lässt sich nicht schreiben</translation>
    </message>
    <message>
        <source>Export report</source>
        <translation>Bericht exportieren</translation>
    </message>
    <message>
        <source>Web page (*.html);;Document (*.pdf)</source>
        <translation>Webseite (*.html);;Dokument (*.pdf)</translation>
    </message>
    <message>
        <source>Spectra</source>
        <translation>Spektren</translation>
    </message>
    <message>
        <source>&amp;Import</source>
        <translation>&amp;Importieren</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>JSON files (*.json)</source>
        <translation>JSON-Dateien (*.json)</translation>
    </message>
    <message>
        <source>&amp;Library file (JSON)…</source>
        <translation>&amp;Bibliotheksdatei (JSON) …</translation>
    </message>
    <message>
        <source>&amp;NVlabs Puzzle folder…</source>
        <translation>&amp;NVlabs-Puzzle-Ordner …</translation>
    </message>
    <message>
        <source>&amp;Puzzletron folder…</source>
        <translation>&amp;Puzzletron-Ordner …</translation>
    </message>
    <message>
        <source>nemotron-nas &amp;model (config.json)…</source>
        <translation>nemotron-nas-&amp;Modell (config.json) …</translation>
    </message>
    <message>
        <source>&amp;Costs for the open project…</source>
        <translation>&amp;Kosten für das offene Projekt …</translation>
    </message>
    <message>
        <source>Checkpoint: a GGUF file, or any file of a folder in the Hugging Face layout</source>
        <translation>Checkpoint: eine GGUF-Datei oder eine beliebige Datei eines Ordners im Hugging-Face-Format</translation>
    </message>
    <message>
        <source>Checkpoints (*.gguf *.safetensors config.json);;All files (*)</source>
        <translation>Checkpoints (*.gguf *.safetensors config.json);;Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>tessera::ui::NavigationRail</name>
    <message>
        <source>Workspaces</source>
        <translation>Arbeitsbereiche</translation>
    </message>
</context>
<context>
    <name>tessera::ui::PlotView</name>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>%1 lässt sich nicht schreiben: %2</translation>
    </message>
    <message>
        <source>%1: pictures are written as .png or .svg, numbers as .csv</source>
        <translation>%1: Bilder werden als .png oder .svg geschrieben, Zahlen als .csv</translation>
    </message>
</context>
<context>
    <name>tessera::ui::Pool</name>
    <message>
        <source>Stopped before the pool was complete.</source>
        <translation>Angehalten, bevor die Auswahl vollständig war.</translation>
    </message>
</context>
<context>
    <name>tessera::ui::PoolPanel</name>
    <message>
        <source>No child is within all brushes, or none has been found yet.</source>
        <translation>Kein Kind liegt in allen Bereichen, oder es ist noch keines gefunden.</translation>
    </message>
    <message>
        <source>Pool of the best children</source>
        <translation>Auswahl der besten Kinder</translation>
    </message>
    <message>
        <source>Number of children</source>
        <translation>Zahl der Kinder</translation>
    </message>
    <message>
        <source>best</source>
        <translation>beste</translation>
    </message>
    <message>
        <source>layers apart</source>
        <translation>Schichten Abstand</translation>
    </message>
    <message>
        <source>Layers in which any two differ</source>
        <translation>Schichten, in denen sich je zwei unterscheiden</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Export the pool</source>
        <translation>Auswahl exportieren</translation>
    </message>
    <message>
        <source>Pool: a line a child across its score and its costs</source>
        <translation>Auswahl: je Kind eine Linie durch Wert und Kosten</translation>
    </message>
    <message>
        <source>What the brushes keep</source>
        <translation>Was die Bereiche übrig lassen</translation>
    </message>
    <message>
        <source>Compare as A</source>
        <translation>Als A vergleichen</translation>
    </message>
    <message>
        <source>Compare as B</source>
        <translation>Als B vergleichen</translation>
    </message>
    <message>
        <source>Children that the brushes keep</source>
        <translation>Kinder, die die Bereiche übrig lassen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Changed sub-blocks</source>
        <translation>Geänderte Teilblöcke</translation>
    </message>
    <message>
        <source>The best children are being found…</source>
        <translation>Die besten Kinder werden gesucht …</translation>
    </message>
    <message>
        <source>No child keeps these limits, so there is no pool.</source>
        <translation>Kein Kind hält diese Grenzen ein, also gibt es keine Auswahl.</translation>
    </message>
    <message>
        <source>The best children under the present limits appear here, a line each.</source>
        <translation>Hier erscheinen die besten Kinder unter den aktuellen Grenzen, je eine Linie.</translation>
    </message>
    <message numerus="yes">
        <source>%n child(ren) from %1 to %2.</source>
        <translation>
            <numerusform>%n Kind von %1 bis %2.</numerusform>
            <numerusform>%n Kinder von %1 bis %2.</numerusform>
        </translation>
    </message>
    <message>
        <source>There are no others.</source>
        <translation>Weitere gibt es nicht.</translation>
    </message>
    <message>
        <source>Drag along an axis to keep a range; click a line to select it.</source>
        <translation>Ziehen entlang einer Achse behält einen Bereich; ein Klick auf eine Linie wählt sie.</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>Änderungen</translation>
    </message>
</context>
<context>
    <name>tessera::ui::Report</name>
    <message>
        <source>No child keeps these limits.</source>
        <translation>Kein Kind hält diese Grenzen ein.</translation>
    </message>
    <message>
        <source>Nothing was solved yet.</source>
        <translation>Noch wurde nichts gelöst.</translation>
    </message>
    <message>
        <source>proved optimal</source>
        <translation>bewiesen optimal</translation>
    </message>
    <message>
        <source>not proved; no child is below %1</source>
        <translation>nicht bewiesen; kein Kind liegt unter %1</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Parent</source>
        <translation>Elternmodell</translation>
    </message>
    <message>
        <source>Child</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>Grenze</translation>
    </message>
    <message>
        <source>To spare</source>
        <translation>Reserve</translation>
    </message>
    <message>
        <source>Price</source>
        <translation>Preis</translation>
    </message>
    <message>
        <source>as in the parent</source>
        <translation>wie im Elternmodell</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Simple rule</source>
        <translation>Einfache Regel</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>The child</source>
        <translation>Das Kind</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>Front</source>
        <translation>Front</translation>
    </message>
    <message>
        <source>Block library</source>
        <translation>Bausteinbibliothek</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Where this comes from</source>
        <translation>Woher das kommt</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>%1 lässt sich nicht schreiben: %2</translation>
    </message>
    <message>
        <source>%1: reports are written as .html or .pdf</source>
        <translation>%1: Berichte werden als .html oder .pdf geschrieben</translation>
    </message>
    <message>
        <source>Children</source>
        <translation>Kinder</translation>
    </message>
</context>
<context>
    <name>tessera::ui::Screenshot</name>
    <message>
        <source>the window was not ready within a minute</source>
        <translation>das Fenster war nach einer Minute nicht bereit</translation>
    </message>
    <message>
        <source>limits of the command line</source>
        <translation>Grenzen der Befehlszeile</translation>
    </message>
    <message>
        <source>%1 cannot be written</source>
        <translation>%1 lässt sich nicht schreiben</translation>
    </message>
    <message>
        <source>%1 is no amount of %2; one is written 70% or 12.5ms</source>
        <translation>%1 ist keine Angabe für %2; man schreibt etwa 70% oder 12.5ms</translation>
    </message>
    <message>
        <source>the project has no cost %1; it has %2</source>
        <translation>das Projekt hat keine Kosten %1; es hat %2</translation>
    </message>
    <message>
        <source>the project has no variant %1; one is written 3:ffn=width:256</source>
        <translation>das Projekt hat keine Variante %1; geschrieben wird eine 3:ffn=width:256</translation>
    </message>
</context>
<context>
    <name>tessera::ui::Search</name>
    <message>
        <source>The solution was not stored: %1</source>
        <translation>Die Lösung wurde nicht gespeichert: %1</translation>
    </message>
</context>
<context>
    <name>tessera::ui::SearchPage</name>
    <message>
        <source>Totals</source>
        <translation>Summen</translation>
    </message>
    <message>
        <source>Front</source>
        <translation>Front</translation>
    </message>
    <message>
        <source>What the child must keep</source>
        <translation>Was das Kind einhalten muss</translation>
    </message>
    <message>
        <source>Best child</source>
        <translation>Bestes Kind</translation>
    </message>
</context>
<context>
    <name>tessera::ui::Session</name>
    <message>
        <source>Engine %1</source>
        <translation>Maschine %1</translation>
    </message>
    <message>
        <source>Engine starting</source>
        <translation>Maschine startet</translation>
    </message>
    <message>
        <source>Engine stopped</source>
        <translation>Maschine steht</translation>
    </message>
    <message>
        <source>Engine restarting</source>
        <translation>Maschine startet neu</translation>
    </message>
    <message>
        <source>unpin %1</source>
        <translation>%1 freigeben</translation>
    </message>
    <message>
        <source>pin %1</source>
        <translation>%1 festlegen</translation>
    </message>
    <message>
        <source>allow %1</source>
        <translation>%1 erlauben</translation>
    </message>
    <message>
        <source>ban %1</source>
        <translation>%1 verbieten</translation>
    </message>
</context>
<context>
    <name>tessera::ui::SolutionStrip</name>
    <message>
        <source>Attention</source>
        <translation>Attention</translation>
    </message>
    <message>
        <source>FFN</source>
        <translation>FFN</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Layer %1, %2</source>
        <translation>Schicht %1, %2</translation>
    </message>
    <message>
        <source>attention</source>
        <translation>Attention</translation>
    </message>
    <message>
        <source>as in the parent</source>
        <translation>wie im Elternmodell</translation>
    </message>
    <message>
        <source>Pinned; click to free it</source>
        <translation>Festgelegt; Klicken gibt frei</translation>
    </message>
    <message>
        <source>Click to pin it</source>
        <translation>Klicken legt fest</translation>
    </message>
</context>
<context>
    <name>tessera::ui::TotalsPanel</name>
    <message>
        <source>Totals</source>
        <translation>Summen</translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation>Lasso</translation>
    </message>
    <message>
        <source>Totals or what the lasso took</source>
        <translation>Summen oder was das Lasso gefasst hat</translation>
    </message>
    <message>
        <source>Totals of the child against the parent</source>
        <translation>Summen des Kindes gegen das Elternmodell</translation>
    </message>
    <message>
        <source>What the lasso took from the front</source>
        <translation>Was das Lasso aus der Front gefasst hat</translation>
    </message>
    <message>
        <source>Nothing selected</source>
        <translation>Nichts ausgewählt</translation>
    </message>
    <message>
        <source>Draw around points of the front with the lasso, or with Shift held.</source>
        <translation>Umfahren Sie Punkte der Front mit dem Lasso oder mit gedrückter Umschalttaste.</translation>
    </message>
    <message>
        <source>Export this table</source>
        <translation>Diese Tabelle exportieren</translation>
    </message>
    <message>
        <source>Point</source>
        <translation>Punkt</translation>
    </message>
    <message>
        <source>Best possible</source>
        <translation>Bestmöglich</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Parent</source>
        <translation>Eltern</translation>
    </message>
    <message>
        <source>Child</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>Against A</source>
        <translation>Gegen A</translation>
    </message>
    <message>
        <source>Contains an estimate</source>
        <translation>Enthält eine Schätzung</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
</context>
<context>
    <name>tessera::ui::VariantInspector</name>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>No variant selected</source>
        <translation>Keine Variante gewählt</translation>
    </message>
    <message>
        <source>Click a cell, or move with the arrow keys, to see what this variant costs, how much it damages the parent and where its weights come from.</source>
        <translation>Klicken Sie auf eine Zelle oder gehen Sie mit den Pfeiltasten, um zu sehen, was diese Variante kostet, wie sehr sie dem Elternmodell schadet und woher ihre Gewichte kommen.</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>Festlegen</translation>
    </message>
    <message>
        <source>Ban</source>
        <translation>Verbieten</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Std. error</source>
        <translation>Std.-Fehler</translation>
    </message>
    <message>
        <source>Scores</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>Of parent</source>
        <translation>Vom Elternmodell</translation>
    </message>
    <message>
        <source>Costs</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Layer %1 · %2 · %3</source>
        <translation>Schicht %1 · %2 · %3</translation>
    </message>
    <message>
        <source>the parent&apos;s own</source>
        <translation>die des Elternmodells</translation>
    </message>
    <message>
        <source>… as initialised</source>
        <translation>… wie initialisiert</translation>
    </message>
    <message>
        <source>The paper&apos;s initialisation, before it was fitted</source>
        <translation>Die Initialisierung des Aufsatzes, vor dem Anpassen</translation>
    </message>
    <message>
        <source>Distillation</source>
        <translation>Destillation</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>%1 by window of text</source>
        <translation>%1 je Textfenster</translation>
    </message>
    <message>
        <source>Error of the layer&apos;s output on held-out text: %1 as initialised, %2 now (%3 of it left).</source>
        <translation>Fehler der Schichtausgabe auf zurückgehaltenem Text: %1 nach der Initialisierung, %2 jetzt (%3 davon übrig).</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>Freigeben</translation>
    </message>
    <message>
        <source>Allow</source>
        <translation>Erlauben</translation>
    </message>
    <message>
        <source>The child must have this variant here (P)</source>
        <translation>Das Kind muss hier diese Variante haben (P)</translation>
    </message>
    <message>
        <source>The child must not have this variant here (B)</source>
        <translation>Das Kind darf hier diese Variante nicht haben (B)</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>Erklären</translation>
    </message>
    <message>
        <source>What the best child would lose with this variant here, and without it</source>
        <translation>Was das beste Kind mit dieser Variante hier verlöre, und ohne sie</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Wird gefragt …</translation>
    </message>
    <message>
        <source>The best child has it.</source>
        <translation>Das beste Kind hat sie.</translation>
    </message>
    <message>
        <source>The best child does not have it.</source>
        <translation>Das beste Kind hat sie nicht.</translation>
    </message>
    <message>
        <source>With it no child keeps the limits.</source>
        <translation>Mit ihr hält kein Kind die Grenzen ein.</translation>
    </message>
    <message>
        <source>With it the best would be worse by %1.</source>
        <translation>Mit ihr wäre das beste um %1 schlechter.</translation>
    </message>
    <message>
        <source>Without it no child keeps the limits.</source>
        <translation>Ohne sie hält kein Kind die Grenzen ein.</translation>
    </message>
    <message>
        <source>Without it the best would be worse by %1.</source>
        <translation>Ohne sie wäre das beste um %1 schlechter.</translation>
    </message>
    <message>
        <source>This is not proved.</source>
        <translation>Das ist nicht bewiesen.</translation>
    </message>
</context>
<context>
    <name>tessera::ui::VariantTableModel</name>
    <message>
        <source>Loss before</source>
        <translation>Fehler vorher</translation>
    </message>
    <message>
        <source>Loss after</source>
        <translation>Fehler nachher</translation>
    </message>
    <message>
        <source>Estimated, not measured</source>
        <translation>Geschätzt, nicht gemessen</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Teil</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
</context>
<context>
    <name>tessera::ui::WelcomePage</name>
    <message>
        <source>Open %1</source>
        <translation>%1 öffnen</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n Schicht</numerusform>
            <numerusform>%n Schichten</numerusform>
        </translation>
    </message>
    <message>
        <source>no front yet</source>
        <translation>noch keine Front</translation>
    </message>
    <message>
        <source>Make a language model smaller, and see what every limit costs: the best child is found and proved while you drag.</source>
        <translation>Ein Sprachmodell verkleinern und sehen, was jede Grenze kostet: Das beste Kind wird gefunden und bewiesen, während Sie ziehen.</translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation>Projekt öffnen …</translation>
    </message>
    <message>
        <source>New from checkpoint…</source>
        <translation>Neu aus Checkpoint …</translation>
    </message>
    <message>
        <source>A folder in the Hugging Face layout or a GGUF file; dropping it on the window does the same</source>
        <translation>Ein Ordner im Hugging-Face-Format oder eine GGUF-Datei; auf das Fenster ziehen geht auch</translation>
    </message>
    <message>
        <source>Recent projects</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Projects that you open are listed here. A project file or a checkpoint can also be dropped on this window.</source>
        <translation>Geöffnete Projekte stehen hier. Eine Projektdatei oder ein Checkpoint lässt sich auch auf dieses Fenster ziehen.</translation>
    </message>
    <message>
        <source>Explore the demo</source>
        <translation>Demo erkunden</translation>
    </message>
    <message>
        <source>A small finished project that comes with Tessera</source>
        <translation>Ein kleines fertiges Projekt, das mit Tessera kommt</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>Lektionen</translation>
    </message>
    <message>
        <source>Short tours that drive this window, on the open project or on the demo.</source>
        <translation>Kurze Rundgänge, die dieses Fenster steuern, mit dem offenen Projekt oder der Demo.</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Costs and scores that another tool measured</source>
        <translation>Kosten und Bewertungen, die ein anderes Werkzeug gemessen hat</translation>
    </message>
</context>
<context>
    <name>tessera::ui::Words</name>
    <message>
        <source>Distil a child</source>
        <translation>Ein Kind destillieren</translation>
    </message>
    <message>
        <source>no limits</source>
        <translation>keine Grenzen</translation>
    </message>
    <message>
        <source>tokens/s</source>
        <translation>Token/s</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 min %2 s</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV-Speicher</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Prefill</source>
        <translation>Prefill</translation>
    </message>
    <message>
        <source>Decode</source>
        <translation>Decode</translation>
    </message>
    <message>
        <source>Run time</source>
        <translation>Laufzeit</translation>
    </message>
    <message>
        <source>Throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>Attention layers</source>
        <translation>Attention-Schichten</translation>
    </message>
    <message>
        <source>KL divergence</source>
        <translation>KL-Divergenz</translation>
    </message>
    <message>
        <source>Loss increase</source>
        <translation>Verlustzunahme</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>Perplexität</translation>
    </message>
    <message>
        <source>Hidden cosine distance</source>
        <translation>Kosinusabstand</translation>
    </message>
    <message>
        <source>Accuracy loss</source>
        <translation>Genauigkeitsverlust</translation>
    </message>
    <message>
        <source>Greedy</source>
        <translation>Gierig</translation>
    </message>
    <message>
        <source>Uniform</source>
        <translation>Gleichförmig</translation>
    </message>
    <message>
        <source>Random</source>
        <translation>Zufällig</translation>
    </message>
    <message>
        <source>Removal only</source>
        <translation>Nur Weglassen</translation>
    </message>
    <message>
        <source>Most parameters</source>
        <translation>Meiste Parameter</translation>
    </message>
    <message>
        <source>Evolutionary</source>
        <translation>Evolutionär</translation>
    </message>
    <message>
        <source>the parent&apos;s own</source>
        <translation>die des Elternmodells</translation>
    </message>
    <message>
        <source>initialised as in the paper</source>
        <translation>initialisiert wie im Aufsatz</translation>
    </message>
    <message>
        <source>fitted in closed form</source>
        <translation>geschlossen angepasst</translation>
    </message>
    <message>
        <source>distilled block-wise</source>
        <translation>blockweise destilliert</translation>
    </message>
    <message>
        <source>refitted inside a child</source>
        <translation>im Kind nachgepasst</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>importiert</translation>
    </message>
    <message>
        <source>Fit variants</source>
        <translation>Varianten anpassen</translation>
    </message>
    <message>
        <source>Distil variants</source>
        <translation>Varianten destillieren</translation>
    </message>
    <message>
        <source>Measure run times</source>
        <translation>Laufzeiten messen</translation>
    </message>
    <message>
        <source>Score variants</source>
        <translation>Varianten bewerten</translation>
    </message>
    <message>
        <source>Score initialisations</source>
        <translation>Initialisierungen bewerten</translation>
    </message>
    <message>
        <source>%1 kv heads</source>
        <translation>%1 KV-Köpfe</translation>
    </message>
    <message>
        <source>%1 wide</source>
        <translation>%1 breit</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>linear</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>entfernt</translation>
    </message>
    <message>
        <source>lin</source>
        <translation>lin</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Attention</translation>
    </message>
    <message>
        <source>FFN</source>
        <translation>FFN</translation>
    </message>
    <message>
        <source>Whole layer</source>
        <translation>Ganze Schicht</translation>
    </message>
    <message>
        <source>token/s</source>
        <translation>Token/s</translation>
    </message>
    <message>
        <source>unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Bias β</source>
        <translation>Bias β</translation>
    </message>
    <message>
        <source>Branch α</source>
        <translation>Zweig α</translation>
    </message>
    <message>
        <source>Depth L</source>
        <translation>Tiefe L</translation>
    </message>
    <message>
        <source>Exponent γ</source>
        <translation>Exponent γ</translation>
    </message>
    <message>
        <source>Fully connected</source>
        <translation>Voll verbunden</translation>
    </message>
    <message>
        <source>Laplace</source>
        <translation>Laplace</translation>
    </message>
    <message>
        <source>Residual</source>
        <translation>Residual</translation>
    </message>
    <message>
        <source>Width c</source>
        <translation>Breite c</translation>
    </message>
    <message>
        <source>γ-exponential</source>
        <translation>γ-exponentiell</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>Auswerten</translation>
    </message>
    <message>
        <source>Rank channels</source>
        <translation>Kanäle ordnen</translation>
    </message>
    <message>
        <source>Tangent kernels</source>
        <translation>Tangentialkerne</translation>
    </message>
</context>
<context>
    <name>tessera::ui::ContributionView</name>
    <message>
        <source>%1: %2 of %3</source>
        <translation>%1: %2 von %3</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Attention</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>FFN</source>
        <translation>FFN</translation>
    </message>
    <message>
        <source>pale: first layers, full: last layers</source>
        <translation>blass: erste Schichten, kräftig: letzte</translation>
    </message>
    <message>
        <source>Embedding and head</source>
        <translation>Embedding und Kopf</translation>
    </message>
</context>
<context>
    <name>tessera::ui::DataForm</name>
    <message>
        <source>Accuracies by cross-validation</source>
        <translation>Genauigkeiten durch Kreuzvalidierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Breast cancer</source>
        <translation>Brustkrebs</translation>
    </message>
    <message>
        <source>Circle, random points</source>
        <translation>Kreis, zufällige Punkte</translation>
    </message>
    <message>
        <source>Compare all kernels</source>
        <translation>Alle Kerne vergleichen</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>Wird verglichen …</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>Differences below a deviation are none. Kernels that share their tail predict alike; a finite sample&apos;s smallest eigenvalues are not the kernel&apos;s own.</source>
        <translation>Unterschiede unter einer Abweichung sind keine. Kerne mit gleichem Ende sagen gleich gut voraus; die kleinsten Eigenwerte einer Stichprobe sind nicht die des Kerns.</translation>
    </message>
    <message>
        <source>Digits</source>
        <translation>Ziffern</translation>
    </message>
    <message>
        <source>Eigenvalue / n</source>
        <translation>Eigenwert / n</translation>
    </message>
    <message>
        <source>Eigenvalues of the matrix</source>
        <translation>Eigenwerte der Matrix</translation>
    </message>
    <message>
        <source>Eigenvector %1</source>
        <translation>Eigenvektor %1</translation>
    </message>
    <message>
        <source>Eigenvectors</source>
        <translation>Eigenvektoren</translation>
    </message>
    <message>
        <source>Entry</source>
        <translation>Eintrag</translation>
    </message>
    <message>
        <source>Export the accuracies</source>
        <translation>Genauigkeiten exportieren</translation>
    </message>
    <message>
        <source>Export the eigenvectors</source>
        <translation>Eigenvektoren exportieren</translation>
    </message>
    <message>
        <source>Export the matrix</source>
        <translation>Matrix exportieren</translation>
    </message>
    <message>
        <source>Export the spectrum</source>
        <translation>Spektrum exportieren</translation>
    </message>
    <message>
        <source>First eigenvectors over the points</source>
        <translation>Erste Eigenvektoren über den Punkten</translation>
    </message>
    <message>
        <source>Iris</source>
        <translation>Iris</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>Kern</translation>
    </message>
    <message>
        <source>Kernel matrix</source>
        <translation>Kernmatrix</translation>
    </message>
    <message>
        <source>Kernel matrix of the points</source>
        <translation>Kernmatrix der Punkte</translation>
    </message>
    <message>
        <source>Kernel of the matrix</source>
        <translation>Kern der Matrix</translation>
    </message>
    <message>
        <source>Number of the eigenvalue</source>
        <translation>Nummer des Eigenwerts</translation>
    </message>
    <message>
        <source>Point</source>
        <translation>Punkt</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>Predicting the classes</source>
        <translation>Vorhersage der Klassen</translation>
    </message>
    <message>
        <source>Ridge</source>
        <translation>Ridge</translation>
    </message>
    <message>
        <source>Spectrum on the data</source>
        <translation>Spektrum auf den Daten</translation>
    </message>
    <message>
        <source>Sphere, random points</source>
        <translation>Kugel, zufällige Punkte</translation>
    </message>
    <message>
        <source>The matrix is being computed…</source>
        <translation>Die Matrix wird berechnet …</translation>
    </message>
    <message>
        <source>Wine</source>
        <translation>Wein</translation>
    </message>
    <message>
        <source>How well each kernel predicts the classes, by cross-validation: a second or two.</source>
        <translation>Wie gut jeder Kern die Klassen vorhersagt, durch Kreuzvalidierung: ein, zwei Sekunden.</translation>
    </message>
    <message>
        <source>%1, %2 points</source>
        <translation>%1, %2 Punkte</translation>
    </message>
    <message>
        <source>Classes of %1</source>
        <translation>Klassen von %1</translation>
    </message>
</context>
<context>
    <name>tessera::ui::ExperimentParameters</name>
    <message>
        <source>Defaults</source>
        <translation>Standardwerte</translation>
    </message>
    <message>
        <source>Sets every number back to what published figures belong to</source>
        <translation>Setzt alle Zahlen auf die zurück, zu denen die veröffentlichten gehören</translation>
    </message>
    <message>
        <source>%1: from %2 to %3, by default %4</source>
        <translation>%1: von %2 bis %3, sonst %4</translation>
    </message>
</context>
<context>
    <name>tessera::ui::Gallery</name>
    <message>
        <source>A step of 1 / lambda_(k+1) ends the levelled modes in one step</source>
        <translation>Eine Schrittweite von 1 / lambda_(k+1) erledigt die eingeebneten Moden in einem Schritt</translation>
    </message>
    <message>
        <source>Condition numbers of small networks say little about wide ones</source>
        <translation>Konditionszahlen kleiner Netze sagen wenig über breite</translation>
    </message>
    <message>
        <source>Deep residual networks with alpha = 1/L become two-layer networks</source>
        <translation>Tiefe Residualnetze mit alpha = 1/L werden zu zweischichtigen Netzen</translation>
    </message>
    <message>
        <source>Every image has four pixels, each of them an angle, so that the eigenvalues are Fourier coefficients on a torus and the shares exact. The trace of the kernel, without its constant, is divided among functions of one pixel, of two, and of more. With skip connections functions of one pixel gain weight, those of the centre pixel above all, and the more the smaller the branches&apos; weight alpha is: such networks learn local functions sooner. This is a preference and no limit: functions of many pixels keep a share. Along one pixel the eigenvalues fall alike with and without skip connections, as the kernels of a single pixel show.</source>
        <translation>Jedes Bild hat vier Bildpunkte, jeder ein Winkel, sodass die Eigenwerte Fourierkoeffizienten auf einem Torus und die Anteile exakt sind. Die Spur des Kerns, ohne ihre Konstante, wird auf Funktionen eines Bildpunkts, zweier und mehrerer verteilt. Mit Sprungverbindungen gewinnen Funktionen eines Bildpunkts an Gewicht, vor allem die des mittleren, und umso mehr, je kleiner das Gewicht alpha der Zweige ist: Solche Netze lernen lokale Funktionen früher. Das ist eine Vorliebe und keine Grenze: Funktionen vieler Bildpunkte behalten einen Anteil. Entlang eines Bildpunkts fallen die Eigenwerte mit und ohne Sprungverbindungen gleich, wie die Kerne eines einzelnen Bildpunkts zeigen.</translation>
    </message>
    <message>
        <source>For the tangent kernel skip connections do not improve the condition number: the plain network&apos;s is as small or smaller.</source>
        <translation>Beim Tangentialkern verbessern Sprungverbindungen die Konditionszahl nicht: Die des einfachen Netzes ist ebenso klein oder kleiner.</translation>
    </message>
    <message>
        <source>Gradient descent needs steps that grow with the square of the frequency, preconditioned descent the same few</source>
        <translation>Gradientenabstieg braucht Schritte, die mit dem Quadrat der Frequenz wachsen, vorkonditionierter Abstieg stets die gleichen wenigen</translation>
    </message>
    <message>
        <source>How even and odd degrees differ is decided by what a kernel does at opposite points. For one hidden layer without bias the eigenvalues of odd degrees above 1 are exactly 0: such a network, infinitely wide and near its start, never learns that part of a function. With a trained bias they are bias^2 times the even ones, in the limit of high degrees, and just as large for a bias of 1. A second hidden layer repairs it too, without any bias. The figures say how fast a part is learnt, not whether the data have such a part.</source>
        <translation>Wie sich gerade und ungerade Grade unterscheiden, entscheidet das Verhalten des Kerns an gegenüberliegenden Punkten. Bei einer verborgenen Schicht ohne Bias sind die Eigenwerte ungerader Grade über 1 genau 0: Ein solches Netz, unendlich breit und nahe seinem Anfang, lernt diesen Teil einer Funktion nie. Mit einem trainierten Bias sind sie bei hohen Graden Bias^2 mal die geraden, beim Bias 1 also ebenso groß. Auch eine zweite verborgene Schicht behebt es, ganz ohne Bias. Die Zahlen sagen, wie schnell ein Teil gelernt wird, nicht, ob die Daten einen solchen Teil haben.</translation>
    </message>
    <message>
        <source>Kernel ridge regression with the tangent kernel and with Laplace&apos;s, by cross-validation on three small tables whose rows have unit length. &quot;Indistinguishable&quot; is the honest caption: the differences are below a standard deviation. That does not prove the kernels equal, and three tables say nothing about images or text. The ridge is chosen on the same folds, so that all accuracies are a little too high. Unit length alone costs iris about seven points: Laplace does better there on standardised rows.</source>
        <translation>Kernel-Ridge-Regression mit dem Tangentialkern und mit dem Laplace-Kern, durch Kreuzvalidierung auf drei kleinen Tabellen, deren Zeilen die Länge 1 haben. „Nicht zu unterscheiden“ ist die ehrliche Unterschrift: Die Unterschiede liegen unter einer Standardabweichung. Das beweist nicht, dass die Kerne gleich sind, und drei Tabellen sagen nichts über Bilder oder Text. Der Ridge-Term wird auf denselben Teilen gewählt, sodass alle Genauigkeiten ein wenig zu hoch sind. Die Länge 1 allein kostet bei Iris etwa sieben Punkte: Auf standardisierten Zeilen ist Laplace dort besser.</translation>
    </message>
    <message>
        <source>Laplace&apos;s and the tangent kernels&apos; eigenvalues fall alike, as k^-d, with or without skip connections; a GP&apos;s faster</source>
        <translation>Die Eigenwerte des Laplace-Kerns und der Tangentialkerne fallen gleich, wie k^-d, mit oder ohne Sprungverbindungen; die eines Gaußprozesses schneller</translation>
    </message>
    <message>
        <source>Near angle 0 the normalised tangent kernel of L layers falls as 1 - L / (2 pi) times the angle, and so does Laplace&apos;s kernel with c = L / (2 pi). This first slope decides how the eigenvalues of high degrees fall, so that with a bias of 1, where even and odd degrees agree, the quotient of the two kernels&apos; eigenvalues tends to 1. No parameter is fitted: c follows from the slope at angle 0. At low degrees the kernels differ, with three layers by almost a half at degree 2. To share a tail is not to be the same kernel.</source>
        <translation>Nahe dem Winkel 0 fällt der normierte Tangentialkern von L Schichten wie 1 - L / (2 pi) mal den Winkel, und ebenso der Laplace-Kern mit c = L / (2 pi). Diese erste Steigung entscheidet, wie die Eigenwerte hoher Grade fallen; deshalb strebt beim Bias 1, wo gerade und ungerade Grade übereinstimmen, der Quotient der Eigenwerte beider Kerne gegen 1. Kein Parameter wird angepasst: c folgt aus der Steigung beim Winkel 0. Bei niedrigen Graden unterscheiden sich die Kerne, bei drei Schichten und Grad 2 um fast die Hälfte. Dasselbe Ende zu haben heißt nicht, derselbe Kern zu sein.</translation>
    </message>
    <message>
        <source>Off the sphere the two kernels part</source>
        <translation>Abseits der Kugel trennen sich die beiden Kerne</translation>
    </message>
    <message>
        <source>On small real data NTK and Laplace perform alike</source>
        <translation>Auf kleinen echten Daten sind NTK und Laplace gleich gut</translation>
    </message>
    <message>
        <source>On the unit sphere a kernel splits into degrees as a sound into frequencies, and gradient descent learns a degree the faster the larger its eigenvalue. The eigenvalues of Laplace&apos;s kernel and of the tangent kernels fall as k^-d, with or without skip connections; those of the Gaussian process (GP) of the same network fall two powers faster, and those of the gamma-exponential kernel as its exponent says. The slopes are fitted to even degrees alone, because even and odd ones may lie on two parallel lines. Equal slopes mean equally smooth functions at high degrees. What differs between architectures is the constant, and all that happens at low degrees, which the slopes do not show.</source>
        <translation>Auf der Einheitskugel zerfällt ein Kern in Grade wie ein Klang in Frequenzen, und der Gradientenabstieg lernt einen Grad umso schneller, je größer sein Eigenwert ist. Die Eigenwerte des Laplace-Kerns und der Tangentialkerne fallen wie k^-d, mit oder ohne Sprungverbindungen; die des Gaußprozesses (GP) desselben Netzes fallen um zwei Potenzen schneller, und die des gamma-exponentiellen Kerns, wie es sein Exponent sagt. Angepasst werden die Steigungen nur an gerade Grade, weil gerade und ungerade auf zwei parallelen Linien liegen können. Gleiche Steigungen bedeuten gleich glatte Funktionen bei hohen Graden. Zwischen Architekturen unterscheiden sich der Faktor und alles, was bei niedrigen Graden geschieht; davon sagen die Steigungen nichts.</translation>
    </message>
    <message>
        <source>On the unit sphere the tangent kernel and Laplace&apos;s are close relatives; this experiment makes two points longer and leaves it. Without bias the tangent kernel is homogeneous: it grows with both lengths, exactly. A trained bias ends that, and Laplace&apos;s kernel falls instead, because it only knows distances. So results about the sphere do not carry over to rows of other lengths, and it matters whether data are scaled to unit length first. Which of the two suits some data better is not said by this.</source>
        <translation>Auf der Einheitskugel sind der Tangentialkern und der Laplace-Kern nahe verwandt; dieses Experiment verlängert zwei Punkte und verlässt sie. Ohne Bias ist der Tangentialkern homogen: Er wächst genau mit beiden Längen. Ein trainierter Bias beendet das, und der Laplace-Kern fällt stattdessen, weil er nur Abstände kennt. Ergebnisse über die Kugel gelten also nicht für Zeilen anderer Länge, und es macht einen Unterschied, ob Daten zuerst auf Länge 1 gebracht werden. Welcher der beiden besser zu Daten passt, ist damit nicht gesagt.</translation>
    </message>
    <message>
        <source>Plain and preconditioned descent take different ways to the same end, the interpolant of the unmodified kernel. Trained to the end their predictions at new points agree up to rounding, while plain descent needs many times as many steps. So preconditioning neither helps nor harms what the finished function says elsewhere. Stopped early the two are different functions, for what is learnt by then is just what the preconditioner changes. Of networks of finite width the statement holds only about, and the better the wider they are.</source>
        <translation>Einfacher und vorkonditionierter Abstieg gehen verschiedene Wege zum selben Ende, der Interpolierenden des unveränderten Kerns. Zu Ende trainiert stimmen ihre Vorhersagen an neuen Punkten bis auf Rundung überein, während der einfache Abstieg ein Vielfaches an Schritten braucht. Die Vorkonditionierung nützt und schadet also nicht, was die fertige Funktion anderswo sagt. Früh angehalten sind es zwei verschiedene Funktionen, denn was bis dahin gelernt ist, ändert gerade die Vorkonditionierung. Für Netze endlicher Breite gilt die Aussage nur ungefähr, und umso besser, je breiter sie sind.</translation>
    </message>
    <message>
        <source>Points lie evenly on a circle, the targets are waves, and counted are the steps until little of a wave is left. Plain descent needs steps that grow about with the square of the frequency, because the kernel&apos;s eigenvalues on the circle fall as k^-2. Preconditioned with S = K^-1 all frequencies take the same few. This is the exact dynamics of the kernel: what infinitely wide networks would do. It does not count what a step costs: S has as many entries as there are pairs of points.</source>
        <translation>Die Punkte liegen gleichmäßig auf einem Kreis, die Ziele sind Wellen, und gezählt werden die Schritte, bis von einer Welle wenig übrig ist. Der einfache Abstieg braucht Schritte, die etwa mit dem Quadrat der Frequenz wachsen, weil die Eigenwerte des Kerns auf dem Kreis wie k^-2 fallen. Vorkonditioniert mit S = K^-1 brauchen alle Frequenzen die gleichen wenigen. Das ist die exakte Dynamik des Kerns: was unendlich breite Netze täten. Nicht gezählt wird, was ein Schritt kostet: S hat so viele Einträge, wie es Paare von Punkten gibt.</translation>
    </message>
    <message>
        <source>Preconditioned descent does the same for real networks, if they are wide</source>
        <translation>Vorkonditionierter Abstieg leistet dasselbe für echte Netze, wenn sie breit sind</translation>
    </message>
    <message>
        <source>Preconditioning changes the speed, not the result</source>
        <translation>Vorkonditionierung ändert das Tempo, nicht das Ergebnis</translation>
    </message>
    <message>
        <source>Pure noise of variance 1 is interpolated with kernels whose spectrum was changed, and the variance of the result is measured at new points. The slower a spectrum falls the smaller it is: the interpolant has spikes at the points and is flat between them. A constant added to the spectrum acts like a ridge, although every point is still met. Less noise is not less error: a kernel that is flat between the points carries less of a signal there too. The changed kernels are made from old and new points together, as whoever has only the old ones could not do.</source>
        <translation>Reines Rauschen der Varianz 1 wird mit Kernen interpoliert, deren Spektrum verändert wurde, und die Varianz des Ergebnisses an neuen Punkten gemessen. Je langsamer ein Spektrum fällt, desto kleiner ist sie: Die Interpolierende hat Spitzen an den Punkten und ist dazwischen flach. Eine zum Spektrum addierte Konstante wirkt wie ein Ridge-Term, obwohl weiterhin jeder Punkt getroffen wird. Weniger Rauschen ist nicht weniger Fehler: Ein Kern, der zwischen den Punkten flach ist, trägt dort auch weniger von einem Signal. Die veränderten Kerne entstehen aus alten und neuen Punkten zusammen; wer nur die alten hat, könnte das nicht.</translation>
    </message>
    <message>
        <source>Random networks of 2 and of 6 layers are drawn and the condition numbers of their tangent kernels compared. With 1024 units the deeper network is clearly the better conditioned one, as in the limit of infinite width. With 64 units two random networks of one depth differ more than the depths do, and on other points the order can turn round. To rank architectures by such a number of one small network is to rank its seed: give the spread over seeds with it, and no rank where the spreads overlap.</source>
        <translation>Zufällige Netze mit 2 und mit 6 Schichten werden gezogen und die Konditionszahlen ihrer Tangentialkerne verglichen. Mit 1024 Einheiten ist das tiefere Netz klar besser konditioniert, wie im Grenzfall unendlicher Breite. Mit 64 Einheiten unterscheiden sich zwei zufällige Netze gleicher Tiefe mehr als die Tiefen, und auf anderen Punkten kann sich die Ordnung umkehren. Wer Architekturen nach einer solchen Zahl eines kleinen Netzes ordnet, ordnet dessen Startwerte: Geben Sie die Streuung über Startwerte mit an, und keinen Rang, wo sich die Streuungen überlappen.</translation>
    </message>
    <message>
        <source>Skip connections improve the condition number</source>
        <translation>Sprungverbindungen verbessern die Konditionszahl</translation>
    </message>
    <message>
        <source>Skip connections make convolutional networks more local</source>
        <translation>Sprungverbindungen machen Faltungsnetze lokaler</translation>
    </message>
    <message>
        <source>The condition number of a kernel matrix, its largest eigenvalue over the smallest, says how unequally fast gradient descent learns the parts of a function. Skip connections make that of the Gaussian process (GP) smaller, and with alpha = 1/sqrt L it hardly grows with depth any more. For the tangent kernel (NTK), which is the one that governs training, the plain network&apos;s is as small or smaller. So always say which of the two kernels a condition number belongs to. Nor is a small one a merit by itself: deep plain tangent kernels have it because they are nearly the identity.</source>
        <translation>Die Konditionszahl einer Kernmatrix, ihr größter Eigenwert durch den kleinsten, sagt, wie ungleich schnell der Gradientenabstieg die Teile einer Funktion lernt. Sprungverbindungen verkleinern die des Gaußprozesses (GP), und mit alpha = 1/sqrt L wächst sie kaum noch mit der Tiefe. Beim Tangentialkern (NTK), der das Training bestimmt, ist die des einfachen Netzes ebenso klein oder kleiner. Sagen Sie also stets, zu welchem der beiden Kerne eine Konditionszahl gehört. Auch ist eine kleine kein Verdienst für sich: Tiefe einfache Tangentialkerne haben sie, weil sie fast die Einheitsmatrix sind.</translation>
    </message>
    <message>
        <source>The corollary&apos;s step size 2 / (lambda_(k+1) + lambda_n): with it the levelled modes bounce for hundreds of steps.</source>
        <translation>Die Schrittweite 2 / (lambda_(k+1) + lambda_n) des Korollars: Mit ihr pendeln die eingeebneten Moden hunderte Schritte lang.</translation>
    </message>
    <message>
        <source>The preconditioner levels the first k eigenvalues at lambda_(k+1), and the step must fit that level: with 1 / lambda_(k+1) a levelled mode is learnt in a single step. The step 2 / (lambda_(k+1) + lambda_n) of the corollary is nearly twice as long. It is stable, but the levelled modes overshoot in every step and lose only little: they need about 1.5 lambda_(k+1) / lambda_n steps to 5 %. So a bound on the step size that is right says nothing yet about speed.</source>
        <translation>Die Vorkonditionierung ebnet die ersten k Eigenwerte auf lambda_(k+1) ein, und die Schrittweite muss dazu passen: Mit 1 / lambda_(k+1) ist eine eingeebnete Mode in einem einzigen Schritt gelernt. Die Schrittweite 2 / (lambda_(k+1) + lambda_n) des Korollars ist fast doppelt so groß. Sie ist stabil, aber die eingeebneten Moden schießen in jedem Schritt über das Ziel hinaus und verlieren nur wenig: Sie brauchen etwa 1,5 lambda_(k+1) / lambda_n Schritte bis 5 %. Eine richtige Schranke für die Schrittweite sagt also noch nichts über das Tempo.</translation>
    </message>
    <message>
        <source>The slower a spectrum falls, the less noise is interpolated between the points</source>
        <translation>Je langsamer ein Spektrum fällt, desto weniger Rauschen wird zwischen den Punkten interpoliert</translation>
    </message>
    <message>
        <source>The stated limit (n + 4) / 3 of the condition number; algebra and figures give (n + 3) / 3.</source>
        <translation>Der angegebene Grenzwert (n + 4) / 3 der Konditionszahl; Rechnung und Zahlen ergeben (n + 3) / 3.</translation>
    </message>
    <message>
        <source>The tangent kernel is the limit of wide networks</source>
        <translation>Der Tangentialkern ist der Grenzfall breiter Netze</translation>
    </message>
    <message>
        <source>The tangent kernel says how a network&apos;s output at one point moves when gradient descent corrects it at another. Here random networks of three depths are drawn, each in two widths, and the mean of their kernels is compared with the formula for infinite width. The mean meets the formula; single networks scatter around it by about sqrt(layers / width), so that eight times the width makes the scatter sqrt 8 times narrower. The figures are about networks before training: that the kernel also stays where it is while they learn is another claim, and a stronger one.</source>
        <translation>Der Tangentialkern sagt, wie sich die Ausgabe eines Netzes an einem Punkt bewegt, wenn der Gradientenabstieg sie an einem anderen verbessert. Hier werden zufällige Netze dreier Tiefen gezogen, jedes in zwei Breiten, und das Mittel ihrer Kerne mit der Formel für unendliche Breite verglichen. Das Mittel trifft die Formel; einzelne Netze streuen darum um etwa sqrt(Schichten / Breite), sodass die achtfache Breite die Streuung sqrt 8 mal enger macht. Die Zahlen handeln von Netzen vor dem Training: Dass der Kern auch beim Lernen bleibt, wo er ist, ist eine andere und stärkere Behauptung.</translation>
    </message>
    <message>
        <source>The weight alpha of the residual branches decides what depth does. With alpha = 1/L the normalised tangent kernel approaches that of a network with two layers and no bias, however deep it is, and inherits its parity gap: odd frequencies are learnt slowly. With alpha = 1/sqrt L it keeps its distance, and with larger weights it becomes as spiky as that of a deep plain network. So the number of layers alone says little about a residual network. The gaps are distances between kernels and no accuracies: which kernel is the better one depends on the data.</source>
        <translation>Das Gewicht alpha der Residualzweige entscheidet, was die Tiefe bewirkt. Mit alpha = 1/L nähert sich der normierte Tangentialkern dem eines Netzes mit zwei Schichten und ohne Bias, so tief es auch ist, und erbt dessen Paritätslücke: Ungerade Frequenzen werden langsam gelernt. Mit alpha = 1/sqrt L hält er Abstand, und mit größeren Gewichten wird er so spitz wie der eines tiefen einfachen Netzes. Die Zahl der Schichten allein sagt also wenig über ein Residualnetz. Gemessen werden Abstände zwischen Kernen, keine Genauigkeiten: Welcher Kern der bessere ist, hängt von den Daten ab.</translation>
    </message>
    <message>
        <source>Very deep plain tangent kernels are nearly perfectly conditioned</source>
        <translation>Sehr tiefe einfache Tangentialkerne sind fast vollkommen konditioniert</translation>
    </message>
    <message>
        <source>Waves on the circle again, learnt by real networks with one hidden layer. Wide ones need nearly the few steps with S = K^-1 that the kernel promises, where plain descent needs hundreds. Narrow networks leave the kernel&apos;s regime: their own kernel moves while they learn, S no longer fits it, and they need many more steps or never arrive. This happens first at the high frequencies that the preconditioner is meant to help. So the promise is one to wide networks, and how wide is wide enough depends on the target.</source>
        <translation>Wieder Wellen auf dem Kreis, gelernt von echten Netzen mit einer verborgenen Schicht. Breite brauchen mit S = K^-1 fast nur die wenigen Schritte, die der Kern verspricht, wo der einfache Abstieg Hunderte braucht. Schmale Netze verlassen den Bereich des Kerns: Ihr eigener Kern bewegt sich beim Lernen, S passt nicht mehr zu ihm, und sie brauchen viel mehr Schritte oder kommen nie an. Das geschieht zuerst bei den hohen Frequenzen, denen die Vorkonditionierung helfen soll. Das Versprechen gilt also breiten Netzen, und wie breit genug ist, hängt vom Ziel ab.</translation>
    </message>
    <message>
        <source>With c = L / (2 pi) Laplace has the tail of the tangent kernel itself</source>
        <translation>Mit c = L / (2 pi) hat Laplace genau das Ende des Tangentialkerns</translation>
    </message>
    <message>
        <source>With depth the normalised tangent kernel of a plain network forgets the angle between two points: it tends to 1 for a point with itself and to 1/4 for every other pair. The matrix is then 3/4 I + 1/4, and for n points its condition number is (n + 3) / 3, very small for a kernel. Gradient descent on it is fast, and useless: what is learnt at one point says nothing about its neighbours. So a small condition number alone is no sign of a good architecture. It takes thousands of layers to come near this limit.</source>
        <translation>Mit der Tiefe vergisst der normierte Tangentialkern eines einfachen Netzes den Winkel zwischen zwei Punkten: Er strebt gegen 1 für einen Punkt mit sich selbst und gegen 1/4 für jedes andere Paar. Die Matrix ist dann 3/4 I + 1/4, und für n Punkte ist ihre Konditionszahl (n + 3) / 3, sehr klein für einen Kern. Der Gradientenabstieg darauf ist schnell und nutzlos: Was an einem Punkt gelernt wird, sagt nichts über seine Nachbarn. Eine kleine Konditionszahl allein ist also kein Zeichen einer guten Architektur. Erst Tausende von Schichten kommen diesem Grenzfall nahe.</translation>
    </message>
    <message>
        <source>Without bias one hidden layer cannot learn odd frequencies above 1; a bias repairs it</source>
        <translation>Ohne Bias kann eine verborgene Schicht ungerade Frequenzen über 1 nicht lernen; ein Bias behebt es</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>Bias</translation>
    </message>
    <message>
        <source>bias of three layers; two have half of it</source>
        <translation>Bias bei drei Schichten; zwei haben die Hälfte</translation>
    </message>
    <message>
        <source>branch weight of the last network</source>
        <translation>Zweiggewicht des letzten Netzes</translation>
    </message>
    <message>
        <source>branch weight of the residual network</source>
        <translation>Zweiggewicht des Residualnetzes</translation>
    </message>
    <message>
        <source>c of Laplace&apos;s kernel</source>
        <translation>c des Laplace-Kerns</translation>
    </message>
    <message>
        <source>degree where even and odd are compared</source>
        <translation>Grad, bei dem verglichen wird</translation>
    </message>
    <message>
        <source>dimension of the sphere&apos;s space</source>
        <translation>Dimension des Raums der Kugel</translation>
    </message>
    <message>
        <source>eigenvalues that are levelled</source>
        <translation>eingeebnete Eigenwerte</translation>
    </message>
    <message>
        <source>exponent of the gamma-exponential kernel</source>
        <translation>Exponent des gamma-exponentiellen Kerns</translation>
    </message>
    <message>
        <source>folds</source>
        <translation>Teile der Kreuzvalidierung</translation>
    </message>
    <message>
        <source>hidden layers</source>
        <translation>verborgene Schichten</translation>
    </message>
    <message>
        <source>how many times as long</source>
        <translation>wievielmal so lang</translation>
    </message>
    <message>
        <source>images</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>largest of the four biases</source>
        <translation>größter der vier Biaswerte</translation>
    </message>
    <message>
        <source>last degree of the fit</source>
        <translation>letzter Grad der Anpassung</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>layers of the deepest network</source>
        <translation>Schichten des tiefsten Netzes</translation>
    </message>
    <message>
        <source>layers of the plain network</source>
        <translation>Schichten des einfachen Netzes</translation>
    </message>
    <message>
        <source>networks of each kind</source>
        <translation>Netze jeder Art</translation>
    </message>
    <message>
        <source>points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>points on the circle</source>
        <translation>Punkte auf dem Kreis</translation>
    </message>
    <message>
        <source>points to learn from</source>
        <translation>Punkte, aus denen gelernt wird</translation>
    </message>
    <message>
        <source>points with noise</source>
        <translation>Punkte mit Rauschen</translation>
    </message>
    <message>
        <source>power of 1/L that keeps the gap</source>
        <translation>Potenz von 1/L, die den Abstand hält</translation>
    </message>
    <message>
        <source>seed of the folds</source>
        <translation>Startwert der Teilung</translation>
    </message>
    <message>
        <source>seed of the images</source>
        <translation>Startwert der Bilder</translation>
    </message>
    <message>
        <source>seed of the networks</source>
        <translation>Startwert der Netze</translation>
    </message>
    <message>
        <source>seed of the points</source>
        <translation>Startwert der Punkte</translation>
    </message>
    <message>
        <source>share of a wave that may be left</source>
        <translation>Rest einer Welle, der bleiben darf</translation>
    </message>
    <message>
        <source>units of the wide networks; the narrow have a sixteenth</source>
        <translation>Einheiten der breiten Netze; die schmalen haben ein Sechzehntel</translation>
    </message>
    <message>
        <source>units of the wide networks; the narrow have an eighth</source>
        <translation>Einheiten der breiten Netze; die schmalen haben ein Achtel</translation>
    </message>
    <message>
        <source>weight of the strong branches</source>
        <translation>Gewicht der starken Zweige</translation>
    </message>
    <message>
        <source>%1, d = %2: slope of even degrees</source>
        <translation>%1, d = %2: Steigung der geraden Grade</translation>
    </message>
    <message>
        <source>normalised NTK / Laplace with c = L / (2 pi), L = %1, degree %2</source>
        <translation>normierter NTK / Laplace mit c = L / (2 pi), L = %1, Grad %2</translation>
    </message>
    <message>
        <source>one layer, bias %1: odd over even eigenvalues at degree %2</source>
        <translation>eine Schicht, Bias %1: ungerade durch gerade Eigenwerte beim Grad %2</translation>
    </message>
    <message>
        <source>NTK without bias: both points %1 times as long</source>
        <translation>NTK ohne Bias: beide Punkte %1-mal so lang</translation>
    </message>
    <message>
        <source>NTK with bias 1: no longer homogeneous</source>
        <translation>NTK mit Bias 1: nicht mehr homogen</translation>
    </message>
    <message>
        <source>Laplace: falls</source>
        <translation>Laplace: fällt</translation>
    </message>
    <message>
        <source>alpha = 1/L, L = %1: gap to the two-layer kernel</source>
        <translation>alpha = 1/L, L = %1: Abstand vom Kern mit zwei Schichten</translation>
    </message>
    <message>
        <source>alpha = 1/sqrt L, L = %1: the gap stays</source>
        <translation>alpha = 1/sqrt L, L = %1: der Abstand bleibt</translation>
    </message>
    <message>
        <source>alpha = 1/L^%1, L = %2: the gap stays</source>
        <translation>alpha = 1/L^%1, L = %2: der Abstand bleibt</translation>
    </message>
    <message>
        <source>GP, plain convolutions, %1 layers</source>
        <translation>GP, einfache Faltungen, %1 Schichten</translation>
    </message>
    <message>
        <source>GP, skip connections, alpha = %1: better conditioned</source>
        <translation>GP, Sprungverbindungen, alpha = %1: besser konditioniert</translation>
    </message>
    <message>
        <source>GP, skip connections, alpha = 1/sqrt L: better still</source>
        <translation>GP, Sprungverbindungen, alpha = 1/sqrt L: noch besser</translation>
    </message>
    <message>
        <source>NTK, plain convolutions, %1 layers</source>
        <translation>NTK, einfache Faltungen, %1 Schichten</translation>
    </message>
    <message>
        <source>NTK, skip connections, alpha = %1: not better</source>
        <translation>NTK, Sprungverbindungen, alpha = %1: nicht besser</translation>
    </message>
    <message>
        <source>NTK, skip connections, alpha = 1/sqrt L: worse</source>
        <translation>NTK, Sprungverbindungen, alpha = 1/sqrt L: schlechter</translation>
    </message>
    <message>
        <source>FC-NTK, %1 layers, %2 points: condition number, limit (n + 3) / 3</source>
        <translation>FC-NTK, %1 Schichten, %2 Punkte: Konditionszahl, Grenzwert (n + 3) / 3</translation>
    </message>
    <message>
        <source>its distance from the limit (n + 4) / 3 that is also stated</source>
        <translation>ihr Abstand vom Grenzwert (n + 4) / 3, der auch angegeben wird</translation>
    </message>
    <message>
        <source>frequency %1: steps of gradient descent</source>
        <translation>Frequenz %1: Schritte des Gradientenabstiegs</translation>
    </message>
    <message>
        <source>frequency %1: steps with S = K^-1</source>
        <translation>Frequenz %1: Schritte mit S = K^-1</translation>
    </message>
    <message>
        <source>eta = 1 / lambda_%1: steps of a levelled mode</source>
        <translation>eta = 1 / lambda_%1: Schritte einer eingeebneten Mode</translation>
    </message>
    <message>
        <source>eta = 2 / (lambda_%1 + lambda_%2), as the corollary has it</source>
        <translation>eta = 2 / (lambda_%1 + lambda_%2), wie im Korollar</translation>
    </message>
    <message>
        <source>largest difference of the predictions at 200 new points, both trained to the end</source>
        <translation>größter Unterschied der Vorhersagen an 200 neuen Punkten, beide zu Ende trainiert</translation>
    </message>
    <message>
        <source>times as many steps that plain descent needs for it</source>
        <translation>Vielfaches an Schritten, die der einfache Abstieg dafür braucht</translation>
    </message>
    <message>
        <source>g = %1: variance of the interpolant of noise</source>
        <translation>g = %1: Varianz der Interpolierenden von Rauschen</translation>
    </message>
    <message>
        <source>%1: accuracy of the NTK, rows of unit length</source>
        <translation>%1: Genauigkeit des NTK, Zeilen der Länge 1</translation>
    </message>
    <message>
        <source>%1: its distance from Laplace</source>
        <translation>%1: ihr Abstand von Laplace</translation>
    </message>
    <message>
        <source>%1 hidden layers, %2 units: mean kernel of %3 networks, relative distance from the limit</source>
        <translation>%1 verborgene Schichten, %2 Einheiten: mittlerer Kern von %3 Netzen, relativer Abstand vom Grenzfall</translation>
    </message>
    <message>
        <source>%1 hidden layers: how much narrower the spread between networks is with 8 times the width (sqrt 8 expected)</source>
        <translation>%1 verborgene Schichten: wievielmal enger Netze bei achtfacher Breite streuen (sqrt 8 erwartet)</translation>
    </message>
    <message>
        <source>64 units: log10 condition number of 2 layers less that of 6, in standard deviations between networks</source>
        <translation>64 Einheiten: log10 der Konditionszahl bei 2 Schichten minus der bei 6, in Standardabweichungen zwischen Netzen</translation>
    </message>
    <message>
        <source>1024 units: the same difference</source>
        <translation>1024 Einheiten: derselbe Unterschied</translation>
    </message>
    <message>
        <source>%1 units, frequency %2: steps with S = K^-1 (the kernel itself: 5)</source>
        <translation>%1 Einheiten, Frequenz %2: Schritte mit S = K^-1 (der Kern selbst: 5)</translation>
    </message>
    <message>
        <source>%1 units, frequency 6: steps, of at most 100, less those of %2 units</source>
        <translation>%1 Einheiten, Frequenz 6: Schritte, höchstens 100, minus die bei %2 Einheiten</translation>
    </message>
    <message>
        <source>frequency 6: steps that the kernel&apos;s plain gradient descent needs</source>
        <translation>Frequenz 6: Schritte, die der einfache Gradientenabstieg des Kerns braucht</translation>
    </message>
    <message>
        <source>plain, %1 layers: share of the NTK&apos;s trace in functions of one pixel</source>
        <translation>einfach, %1 Schichten: Anteil der Spur des NTK in Funktionen eines Bildpunkts</translation>
    </message>
    <message>
        <source>plain, %1 layers: in functions of the centre pixel</source>
        <translation>einfach, %1 Schichten: in Funktionen des mittleren Bildpunkts</translation>
    </message>
    <message>
        <source>plain, %1 layers: share of the GP&apos;s trace in functions of one pixel</source>
        <translation>einfach, %1 Schichten: Anteil der Spur des GP in Funktionen eines Bildpunkts</translation>
    </message>
    <message>
        <source>%1, %2 layers: share of the NTK&apos;s trace in functions of one pixel</source>
        <translation>%1, %2 Schichten: Anteil der Spur des NTK in Funktionen eines Bildpunkts</translation>
    </message>
    <message>
        <source>%1, %2 layers: in functions of the centre pixel</source>
        <translation>%1, %2 Schichten: in Funktionen des mittleren Bildpunkts</translation>
    </message>
    <message>
        <source>%1, %2 layers: share of the GP&apos;s trace in functions of one pixel</source>
        <translation>%1, %2 Schichten: Anteil der Spur des GP in Funktionen eines Bildpunkts</translation>
    </message>
    <message>
        <source>within %1</source>
        <translation>auf %1 genau</translation>
    </message>
    <message>
        <source>below %1</source>
        <translation>unter %1</translation>
    </message>
    <message>
        <source>above %1</source>
        <translation>über %1</translation>
    </message>
</context>
<context>
    <name>tessera::ui::GalleryForm</name>
    <message>
        <source>What it measures, beside what is expected, is shown here once it has run.</source>
        <translation>Hier steht nach dem Ausführen, was gemessen wird, neben dem, was erwartet ist.</translation>
    </message>
    <message>
        <source>%1 of %2 figures as expected, in %3 s</source>
        <translation>%1 von %2 Zahlen wie erwartet, in %3 s</translation>
    </message>
    <message>
        <source>Claim</source>
        <translation>Behauptung</translation>
    </message>
    <message>
        <source>Expected</source>
        <translation>Erwartet</translation>
    </message>
    <message>
        <source>Experiments</source>
        <translation>Experimente</translation>
    </message>
    <message>
        <source>Experiments of the gallery</source>
        <translation>Experimente der Galerie</translation>
    </message>
    <message>
        <source>Export the figures</source>
        <translation>Zahlen exportieren</translation>
    </message>
    <message>
        <source>Holds</source>
        <translation>Stimmt</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>Measured and expected figures</source>
        <translation>Gemessene und erwartete Zahlen</translation>
    </message>
    <message>
        <source>Not reproduced</source>
        <translation>Nicht reproduziert</translation>
    </message>
    <message>
        <source>Explore these kernels</source>
        <translation>Diese Kerne erkunden</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>Regel</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Ausführen</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Erneut ausführen</translation>
    </message>
    <message>
        <source>Run all</source>
        <translation>Alle ausführen</translation>
    </message>
    <message>
        <source>Running…</source>
        <translation>Läuft …</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>To read on: %1</source>
        <translation>Zum Weiterlesen: %1</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>as expected</source>
        <translation>wie erwartet</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>weicht ab</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>not reproduced</source>
        <translation>nicht reproduziert</translation>
    </message>
    <message>
        <source>running…</source>
        <translation>läuft …</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>Measured with other numbers: run again</source>
        <translation>Mit anderen Zahlen gemessen: erneut ausführen</translation>
    </message>
</context>
<context>
    <name>tessera::ui::KernelPanel</name>
    <message>
        <source>Add a kernel</source>
        <translation>Kern hinzufügen</translation>
    </message>
    <message>
        <source>Dimension d</source>
        <translation>Dimension d</translation>
    </message>
    <message>
        <source>Dimension of the sphere&apos;s space</source>
        <translation>Dimension des Raums der Kugel</translation>
    </message>
</context>
<context>
    <name>tessera::ui::KernelRow</name>
    <message>
        <source>%1 of kernel %2</source>
        <translation>%1 von Kern %2</translation>
    </message>
    <message>
        <source>Biases are drawn at random</source>
        <translation>Bias-Werte werden zufällig gezogen</translation>
    </message>
    <message>
        <source>Family of kernel %1</source>
        <translation>Familie von Kern %1</translation>
    </message>
    <message>
        <source>Kernel %1</source>
        <translation>Kern %1</translation>
    </message>
    <message>
        <source>Otherwise they start at zero, and are trained</source>
        <translation>Sonst beginnen sie bei null und werden trainiert</translation>
    </message>
    <message>
        <source>Remove kernel %1</source>
        <translation>Kern %1 entfernen</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Show kernel %1</source>
        <translation>Kern %1 zeigen</translation>
    </message>
    <message>
        <source>With this width Laplace has the tail of the network&apos;s own kernel</source>
        <translation>Mit dieser Breite hat Laplace das Ende des netzeigenen Kerns</translation>
    </message>
    <message>
        <source>c = L / 2π of the first network</source>
        <translation>c = L / 2π des ersten Netzes</translation>
    </message>
</context>
<context>
    <name>tessera::ui::MatrixView</name>
    <message>
        <source>Points %1 and %2: %3</source>
        <translation>Punkte %1 und %2: %3</translation>
    </message>
</context>
<context>
    <name>tessera::ui::ModelsForm</name>
    <message>
        <source>Compute again</source>
        <translation>Erneut berechnen</translation>
    </message>
    <message>
        <source>Compute it for the parent</source>
        <translation>Für das Elternmodell berechnen</translation>
    </message>
    <message>
        <source>Contribution of each block to each eigenvalue</source>
        <translation>Beitrag jedes Blocks zu jedem Eigenwert</translation>
    </message>
    <message>
        <source>Effective rank</source>
        <translation>Effektiver Rang</translation>
    </message>
    <message>
        <source>Eigenvalue %1</source>
        <translation>Eigenwert %1</translation>
    </message>
    <message>
        <source>Eigenvalues, trace 1</source>
        <translation>Eigenwerte, Spur 1</translation>
    </message>
    <message>
        <source>Estimator</source>
        <translation>Schätzer</translation>
    </message>
    <message>
        <source>Export the contributions</source>
        <translation>Beiträge exportieren</translation>
    </message>
    <message>
        <source>Export the spectra</source>
        <translation>Spektren exportieren</translation>
    </message>
    <message>
        <source>Export the table</source>
        <translation>Tabelle exportieren</translation>
    </message>
    <message>
        <source>How gradient descent (not Adam) would move these networks from where they are now, on these probes alone. Numbers free of scale may be compared, with the same estimator and the same probes only; where bands over seeds overlap there is no difference. Nobody has shown that such spectra rank blocks better than their parameter counts do.</source>
        <translation>Wie Gradientenabstieg (nicht Adam) diese Netze von dort bewegen würde, wo sie stehen, allein auf diesen Proben. Zahlen ohne Maßstab dürfen verglichen werden, nur mit gleichem Schätzer und gleichen Proben; wo Bänder über Startwerte sich überlappen, ist kein Unterschied. Niemand hat gezeigt, dass solche Spektren Blöcke besser ordnen als ihre Parameterzahlen.</translation>
    </message>
    <message>
        <source>It is made from the gradients of the model itself, on a few probes of the project&apos;s text: what every eigenmode would learn, and which block teaches it. It takes a minute or so, longer for large models. On the command line: tessera spectra tangent PROJECT</source>
        <translation>Er wird aus den Gradienten des Modells selbst gemacht, auf wenigen Proben des Projekttexts: was jede Eigenmode lernen würde, und welcher Block sie lehrt. Das dauert etwa eine Minute, bei großen Modellen länger. Auf der Befehlszeile: tessera spectra tangent PROJEKT</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>Erstellt</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Networks</source>
        <translation>Netze</translation>
    </message>
    <message>
        <source>Networks with a tangent kernel</source>
        <translation>Netze mit Tangentialkern</translation>
    </message>
    <message>
        <source>No project is open</source>
        <translation>Kein Projekt ist offen</translation>
    </message>
    <message>
        <source>No tangent kernel is kept yet</source>
        <translation>Noch kein Tangentialkern vorhanden</translation>
    </message>
    <message>
        <source>Normalised spectra of language models</source>
        <translation>Normierte Spektren von Sprachmodellen</translation>
    </message>
    <message>
        <source>Number of the eigenvalue</source>
        <translation>Nummer des Eigenwerts</translation>
    </message>
    <message>
        <source>Probes</source>
        <translation>Proben</translation>
    </message>
    <message>
        <source>Seeds</source>
        <translation>Startwerte</translation>
    </message>
    <message>
        <source>Share of the trace</source>
        <translation>Anteil an der Spur</translation>
    </message>
    <message>
        <source>Stable rank</source>
        <translation>Stabiler Rang</translation>
    </message>
    <message>
        <source>The tangent kernels of language models belong to a project: to its parent, its children and its text. Open one, or the demo, and come back.</source>
        <translation>Die Tangentialkerne von Sprachmodellen gehören zu einem Projekt: zu seinem Elternmodell, seinen Kindern und seinem Text. Öffnen Sie eines, oder die Demo, und kommen Sie wieder.</translation>
    </message>
    <message>
        <source>What each block has of them</source>
        <translation>Was jeder Block davon hat</translation>
    </message>
    <message>
        <source>Whole trace</source>
        <translation>Ganze Spur</translation>
    </message>
    <message>
        <source>log₁₀ condition</source>
        <translation>log₁₀ Kondition</translation>
    </message>
    <message>
        <source>With its children</source>
        <translation>Mit seinen Kindern</translation>
    </message>
    <message>
        <source>Computing… %1</source>
        <translation>Wird berechnet… %1</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Embedding and head</source>
        <translation>Embedding und Kopf</translation>
    </message>
</context>
<context>
    <name>tessera::ui::ProfileForm</name>
    <message>
        <source>Angle in degrees</source>
        <translation>Winkel in Grad</translation>
    </message>
    <message>
        <source>Export the profiles</source>
        <translation>Profile exportieren</translation>
    </message>
    <message>
        <source>How alike the kernel holds two points of the sphere, by the angle between them. A kink at angle 0 makes the eigenvalues fall slowly; what happens at 180° decides whether even and odd degrees differ. A profile is the kernel for points of length one alone.</source>
        <translation>Für wie ähnlich der Kern zwei Punkte der Kugel hält, nach dem Winkel zwischen ihnen. Ein Knick beim Winkel 0 lässt die Eigenwerte langsam fallen; was bei 180° geschieht, entscheidet, ob gerade und ungerade Grade sich unterscheiden. Ein Profil ist der Kern allein für Punkte der Länge eins.</translation>
    </message>
    <message>
        <source>Kernel over the angle</source>
        <translation>Kern über dem Winkel</translation>
    </message>
    <message>
        <source>Kernel, 1 at angle 0</source>
        <translation>Kern, 1 beim Winkel 0</translation>
    </message>
    <message>
        <source>Profiles appear here.</source>
        <translation>Hier erscheinen Profile.</translation>
    </message>
    <message>
        <source>Profiles of the kernels over the angle</source>
        <translation>Profile der Kerne über dem Winkel</translation>
    </message>
</context>
<context>
    <name>tessera::ui::RaceView</name>
    <message>
        <source>After %1 steps %2 has learnt %3 of %4 frequencies, %5 has learnt %6</source>
        <translation>Nach %1 Schritten hat %2 %3 von %4 Frequenzen gelernt, %5 hat %6 gelernt</translation>
    </message>
    <message>
        <source>Frequency</source>
        <translation>Frequenz</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>Schritte</translation>
    </message>
</context>
<context>
    <name>tessera::ui::SpectraPage</name>
    <message>
        <source>Kernels</source>
        <translation>Kerne</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>Gallery</source>
        <translation>Galerie</translation>
    </message>
    <message>
        <source>Gaussian process</source>
        <translation>Gaußprozess</translation>
    </message>
    <message>
        <source>How a wide network is trained, or what a random one computes</source>
        <translation>Wie ein breites Netz trainiert wird, oder was ein zufälliges berechnet</translation>
    </message>
    <message>
        <source>Kernel of a network</source>
        <translation>Kern eines Netzes</translation>
    </message>
    <message>
        <source>Language models</source>
        <translation>Sprachmodelle</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Profil</translation>
    </message>
    <message>
        <source>Spectra</source>
        <translation>Spektren</translation>
    </message>
    <message>
        <source>Spectrum</source>
        <translation>Spektrum</translation>
    </message>
    <message>
        <source>Tangent kernel</source>
        <translation>Tangentialkern</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>&amp;Keep in project</source>
        <translation>Im Projekt &amp;behalten</translation>
    </message>
    <message>
        <source>As it was kept %1: %2</source>
        <translation>Wie am %1 behalten: %2</translation>
    </message>
    <message>
        <source>Keep in project</source>
        <translation>Im Projekt behalten</translation>
    </message>
    <message>
        <source>Keep in project (%1)</source>
        <translation>Im Projekt behalten (%1)</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Kept: %1</source>
        <translation>Behalten: %1</translation>
    </message>
    <message>
        <source>This is kept already</source>
        <translation>Das ist schon behalten</translation>
    </message>
    <message>
        <source>“%1” was made with what this window has no fields for; on the command line tessera spectra list PROJECT --id %2 shows it</source>
        <translation>„%1“ entstand mit etwas, wofür dieses Fenster keine Felder hat; auf der Befehlszeile zeigt es tessera spectra list PROJECT --id %2</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
</context>
<context>
    <name>tessera::ui::SpectrumForm</name>
    <message>
        <source>%1, even degrees</source>
        <translation>%1, gerade Grade</translation>
    </message>
    <message>
        <source>%1, odd degrees</source>
        <translation>%1, ungerade Grade</translation>
    </message>
    <message>
        <source>A dotted line with the slope that theory gives</source>
        <translation>Eine gepunktete Linie mit der Steigung, die die Theorie angibt</translation>
    </message>
    <message>
        <source>Degree</source>
        <translation>Grad</translation>
    </message>
    <message>
        <source>Degree k</source>
        <translation>Grad k</translation>
    </message>
    <message>
        <source>Divides every spectrum by its trace, so that shapes can be compared</source>
        <translation>Teilt jedes Spektrum durch seine Spur, damit Formen vergleichbar sind</translation>
    </message>
    <message>
        <source>Eigenvalue</source>
        <translation>Eigenwert</translation>
    </message>
    <message>
        <source>Eigenvalue / trace</source>
        <translation>Eigenwert / Spur</translation>
    </message>
    <message>
        <source>Eigenvalues</source>
        <translation>Eigenwerte</translation>
    </message>
    <message>
        <source>Eigenvalues appear here.</source>
        <translation>Hier erscheinen Eigenwerte.</translation>
    </message>
    <message>
        <source>Eigenvalues by degree</source>
        <translation>Eigenwerte nach Grad</translation>
    </message>
    <message>
        <source>Eigenvalues of the kernels by degree</source>
        <translation>Eigenwerte der Kerne nach Grad</translation>
    </message>
    <message>
        <source>Even degrees</source>
        <translation>Gerade Grade</translation>
    </message>
    <message>
        <source>Export the spectra</source>
        <translation>Spektren exportieren</translation>
    </message>
    <message>
        <source>Export the table</source>
        <translation>Tabelle exportieren</translation>
    </message>
    <message>
        <source>Fitted slopes and theory</source>
        <translation>Angepasste Steigungen und Theorie</translation>
    </message>
    <message>
        <source>How they fall</source>
        <translation>Wie sie fallen</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>Kern</translation>
    </message>
    <message>
        <source>Means</source>
        <translation>Bedeutet</translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation>Zahlen</translation>
    </message>
    <message>
        <source>Odd degrees</source>
        <translation>Ungerade Grade</translation>
    </message>
    <message>
        <source>Slopes</source>
        <translation>Steigungen</translation>
    </message>
    <message>
        <source>Slopes are fitted over degrees 40 to 200, even and odd apart. They say in which order gradient descent on an infinitely wide network learns frequencies spread evenly over the sphere: nothing about narrow networks, about Adam, or about other data. Equal slopes are not equal kernels: the factors differ.</source>
        <translation>Steigungen sind über die Grade 40 bis 200 angepasst, gerade und ungerade getrennt. Sie sagen, in welcher Reihenfolge Gradientenabstieg auf einem unendlich breiten Netz gleichmäßig über die Kugel verteilte Frequenzen lernt: nichts über schmale Netze, über Adam oder über andere Daten. Gleiche Steigungen sind nicht gleiche Kerne: Die Faktoren sind verschieden.</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>Theory</source>
        <translation>Theorie</translation>
    </message>
    <message>
        <source>Trace 1</source>
        <translation>Spur 1</translation>
    </message>
    <message>
        <source>as Laplace and every tangent kernel: −d</source>
        <translation>wie Laplace und jeder Tangentialkern: −d</translation>
    </message>
    <message>
        <source>falls faster than every power</source>
        <translation>fällt schneller als jede Potenz</translation>
    </message>
    <message>
        <source>odd degrees vanish: a bias or a second layer repairs it</source>
        <translation>ungerade Grade verschwinden: ein Bias oder eine zweite Schicht behebt es</translation>
    </message>
    <message>
        <source>smoother than the tangent kernel</source>
        <translation>glatter als der Tangentialkern</translation>
    </message>
    <message>
        <source>too small to be known: no slope</source>
        <translation>zu klein, um bekannt zu sein: keine Steigung</translation>
    </message>
    <message>
        <source>γ sets the smoothness: −d − γ + 1</source>
        <translation>γ bestimmt die Glattheit: −d − γ + 1</translation>
    </message>
    <message>
        <source>dashed: odd degrees</source>
        <translation>gestrichelt: ungerade Grade</translation>
    </message>
    <message>
        <source>dotted: slope of theory</source>
        <translation>gepunktet: Steigung der Theorie</translation>
    </message>
</context>
<context>
    <name>tessera::ui::TrainingForm</name>
    <message>
        <source>%1 steps</source>
        <translation>%1 Schritte</translation>
    </message>
    <message>
        <source>Angle</source>
        <translation>Winkel</translation>
    </message>
    <message>
        <source>Clipped after %1</source>
        <translation>Gekappt nach %1</translation>
    </message>
    <message>
        <source>Exact dynamics of the kernel on 100 points of the circle, each way with its best stable step: what an infinitely wide network does. Both ways end in the same function. A narrow network leaves this regime first on the high frequencies, and Adam is not gradient descent.</source>
        <translation>Die exakte Dynamik des Kerns auf 100 Punkten des Kreises, jeder Weg mit seiner besten stabilen Schrittweite: was ein unendlich breites Netz tut. Beide Wege enden bei derselben Funktion. Ein schmales Netz verlässt diesen Bereich zuerst bei den hohen Frequenzen, und Adam ist nicht Gradientenabstieg.</translation>
    </message>
    <message>
        <source>Export the frequencies</source>
        <translation>Frequenzen exportieren</translation>
    </message>
    <message>
        <source>Export the function</source>
        <translation>Funktion exportieren</translation>
    </message>
    <message>
        <source>Gradient descent</source>
        <translation>Gradientenabstieg</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>Kern</translation>
    </message>
    <message>
        <source>Kernel that is trained with</source>
        <translation>Kern, mit dem trainiert wird</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Preconditioned</source>
        <translation>Vorkonditioniert</translation>
    </message>
    <message>
        <source>Preconditioner</source>
        <translation>Vorkonditionierung</translation>
    </message>
    <message>
        <source>S = K⁻¹</source>
        <translation>S = K⁻¹</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>The function by then</source>
        <translation>Die Funktion bis dahin</translation>
    </message>
    <message>
        <source>The function that is learnt, and the target</source>
        <translation>Die gelernte Funktion und das Ziel</translation>
    </message>
    <message>
        <source>The training is being computed…</source>
        <translation>Das Training wird berechnet …</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>What is left of each frequency</source>
        <translation>Was von jeder Frequenz bleibt</translation>
    </message>
    <message>
        <source>Sines of the circle</source>
        <translation>Sinuswellen des Kreises</translation>
    </message>
</context>
<context>
    <name>tessera::ui::Tangents</name>
    <message>
        <source>Layer %1, %2: %3</source>
        <translation>Schicht %1, %2: %3</translation>
    </message>
    <message>
        <source>Parent</source>
        <translation>Elternmodell</translation>
    </message>
    <message>
        <source>running…</source>
        <translation>läuft …</translation>
    </message>
    <message>
        <source>stopping…</source>
        <translation>hält an …</translation>
    </message>
    <message>
        <source>This project has no model and no text: it was imported.</source>
        <translation>Dieses Projekt hat kein Modell und keinen Text: Es wurde importiert.</translation>
    </message>
</context>
<context>
    <name>tessera::ui::TangentSection</name>
    <message>
        <source>Tangent spectrum</source>
        <translation>Tangentialspektrum</translation>
    </message>
    <message>
        <source>Tangent spectrum with this variant</source>
        <translation>Tangentialspektrum mit dieser Variante</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Number of the eigenvalue</source>
        <translation>Nummer des Eigenwerts</translation>
    </message>
    <message>
        <source>Share of the trace</source>
        <translation>Anteil an der Spur</translation>
    </message>
    <message>
        <source>Parent</source>
        <translation>Elternmodell</translation>
    </message>
    <message>
        <source>With this variant</source>
        <translation>Mit dieser Variante</translation>
    </message>
    <message>
        <source>Effective rank %1, the parent&apos;s %2.</source>
        <translation>Effektiver Rang %1, der des Elternmodells %2.</translation>
    </message>
    <message>
        <source>The bands overlap: no difference is shown.</source>
        <translation>Die Bänder überlappen: Kein Unterschied ist gezeigt.</translation>
    </message>
    <message>
        <source>The bands over seeds do not meet.</source>
        <translation>Die Bänder über die Startwerte berühren sich nicht.</translation>
    </message>
    <message>
        <source>Effective rank of the parent: %1.</source>
        <translation>Effektiver Rang des Elternmodells: %1.</translation>
    </message>
    <message>
        <source>Effective rank %1. No spectrum of the parent on the same probes is kept.</source>
        <translation>Effektiver Rang %1. Auf denselben Proben gibt es kein Spektrum des Elternmodells.</translation>
    </message>
    <message>
        <source>Estimator %1; probes: %2, seeds: %3; made %4</source>
        <translation>Schätzer %1; Proben: %2, Startwerte: %3; erstellt %4</translation>
    </message>
    <message>
        <source>Compute it</source>
        <translation>Berechnen</translation>
    </message>
    <message>
        <source>Compute again</source>
        <translation>Erneut berechnen</translation>
    </message>
    <message>
        <source>Another tangent kernel is being computed.</source>
        <translation>Ein anderer Tangentialkern wird gerade berechnet.</translation>
    </message>
    <message>
        <source>From the gradients of the parent with this variant in it, on a few probes of the project&apos;s text</source>
        <translation>Aus den Gradienten des Elternmodells mit dieser Variante darin, auf wenigen Proben des Projekttexts</translation>
    </message>
</context>
<context>
    <name>tessera::ui::Spectra</name>
    <message>
        <source>%1 over the angle</source>
        <translation>%1 über dem Winkel</translation>
    </message>
</context>
<context>
    <name>tessera::ui::KeptSpectra</name>
    <message>
        <source>Open a project to keep this in it</source>
        <translation>Öffnen Sie ein Projekt, um es darin zu behalten</translation>
    </message>
</context>
<context>
    <name>tessera::ui::KeptForm</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete “%1” from the project?

Its figures can be found again only by asking again.</source>
        <translation>„%1“ aus dem Projekt löschen?

Seine Zahlen findet nur wieder, wer noch einmal fragt.</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>Löschen…</translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation>Experiment</translation>
    </message>
    <message>
        <source>Export the list</source>
        <translation>Liste exportieren</translation>
    </message>
    <message>
        <source>In Spectrum, Profile, Training, Data and Gallery the button Keep at the bottom right (Ctrl+S) keeps what is shown there in the project: the figures to the last bit, and the settings that they were found at. On the command line: tessera spectra mercer KERNEL --store PROJECT</source>
        <translation>In Spektrum, Profil, Training, Daten und Galerie behält die Schaltfläche „Behalten“ rechts unten (Strg+S) im Projekt, was dort zu sehen ist: die Zahlen bis zum letzten Bit und die Einstellungen, bei denen sie gefunden wurden. Auf der Befehlszeile: tessera spectra mercer KERNEL --store PROJECT</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Kept in the project</source>
        <translation>Im Projekt behalten</translation>
    </message>
    <message>
        <source>Kernel matrix</source>
        <translation>Kernmatrix</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>Kerne</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>No project is open</source>
        <translation>Kein Projekt ist geöffnet</translation>
    </message>
    <message>
        <source>Nothing is kept yet</source>
        <translation>Noch nichts behalten</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Profil</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen…</translation>
    </message>
    <message>
        <source>Shows these figures again, at the settings that they were found at</source>
        <translation>Zeigt diese Zahlen wieder, bei den Einstellungen, bei denen sie gefunden wurden</translation>
    </message>
    <message>
        <source>Spectra that the project keeps</source>
        <translation>Spektren, die das Projekt behält</translation>
    </message>
    <message>
        <source>Spectrum</source>
        <translation>Spektrum</translation>
    </message>
    <message>
        <source>Spectrum on data</source>
        <translation>Spektrum auf Daten</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>What is kept here belongs to a project. Open one, or the demo, and come back.</source>
        <translation>Was hier behalten wird, gehört zu einem Projekt. Öffnen Sie eines oder das Beispiel und kommen Sie zurück.</translation>
    </message>
</context>
</TS>
