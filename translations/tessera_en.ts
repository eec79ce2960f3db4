<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>tessera::ui::ComparePage</name>
    <message numerus="yes">
        <source>B has %n other sub-block(s) than A: %1 %2.</source>
        <translation>
            <numerusform>B has %n other sub-block than A: %1 %2.</numerusform>
            <numerusform>B has %n other sub-blocks than A: %1 %2.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>tessera::ui::Lessons</name>
    <message numerus="yes">
        <source>%n sub-block(s) were chosen otherwise.</source>
        <translation>
            <numerusform>%n sub-block was chosen otherwise.</numerusform>
            <numerusform>%n sub-blocks were chosen otherwise.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>tessera::ui::LibraryPage</name>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n variant(s)</source>
        <translation>
            <numerusform>%n variant</numerusform>
            <numerusform>%n variants</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>tessera::ui::PoolPanel</name>
    <message numerus="yes">
        <source>%n child(ren) from %1 to %2.</source>
        <translation>
            <numerusform>%n child from %1 to %2.</numerusform>
            <numerusform>%n children from %1 to %2.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>tessera::ui::WelcomePage</name>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
</context>
</TS>
