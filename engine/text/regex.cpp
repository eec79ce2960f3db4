// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/regex.h"

#include "engine/base/error.h"
#include "engine/text/unicode_additions.h"
#include "engine/text/utf8.h"

#include <cctype>
#include <cstdint>
#include <cstdio>
#include <new>
#include <utility>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace tessera {
namespace {

/// Steps that one search may take: linear expressions need a few a byte, so that texts of tens of megabytes pass, and what
/// explodes ends in well under a second.
constexpr std::uint32_t kMatchLimit = 100'000'000;
constexpr std::size_t kPatternLimit = 64 * 1024;

std::string pcre2Message(int code)
{
    unsigned char text[256];
    pcre2_get_error_message(code, text, sizeof text);
    return reinterpret_cast<const char *>(text);
}

/// What a thread needs to run expressions; made once, since encoding runs them on many short texts.
struct MatchScratch {
    pcre2_match_data *data = pcre2_match_data_create(1, nullptr);
    pcre2_match_context *context = pcre2_match_context_create(nullptr);
    pcre2_jit_stack *stack = pcre2_jit_stack_create(32 * 1024, 16 * 1024 * 1024, nullptr);

    MatchScratch()
    {
        if (!data || !context)
            throw std::bad_alloc();
        pcre2_set_match_limit(context, kMatchLimit);
        pcre2_set_heap_limit(context, 256 * 1024);
        if (stack)
            pcre2_jit_stack_assign(context, nullptr, stack);
    }
    ~MatchScratch()
    {
        pcre2_jit_stack_free(stack);
        pcre2_match_context_free(context);
        pcre2_match_data_free(data);
    }
    MatchScratch(const MatchScratch &) = delete;
    MatchScratch &operator=(const MatchScratch &) = delete;
};

} // namespace

struct Regex::Compiled {
    pcre2_code *code = nullptr;
    std::string where;

    ~Compiled() { pcre2_code_free(code); }
};

Regex::Regex(std::string_view pattern, const std::string &where)
{
    std::string translated = translateRegex(pattern, where);
    auto compiled = std::make_shared<Compiled>();
    compiled->where = where;
    pcre2_compile_context *context = pcre2_compile_context_create(nullptr);
    if (!context)
        throw std::bad_alloc();
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(context, 100);
    int error = 0;
    std::size_t offset = 0;
    compiled->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                                   PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &error, &offset, context);
    pcre2_compile_context_free(context);
    if (!compiled->code)
        throw badInput("the regular expression in " + where + " cannot be used: " + pcre2Message(error));
    pcre2_jit_compile(compiled->code, PCRE2_JIT_COMPLETE); // Where there is no JIT, matching interprets.
    m_compiled = std::move(compiled);
}

Regex Regex::literal(std::string_view text, const std::string &where)
{
    std::string pattern;
    for (char c : text) {
        if (static_cast<unsigned char>(c) < 0x80 && !std::isalnum(static_cast<unsigned char>(c)))
            pattern.push_back('\\');
        pattern.push_back(c);
    }
    return Regex(pattern, where);
}

std::vector<TextRange> Regex::matches(std::string_view text) const
{
    thread_local MatchScratch scratch;
    std::vector<TextRange> found;
    std::size_t from = 0;
    std::size_t lastEnd = std::string_view::npos;
    while (from <= text.size()) {
        int result = pcre2_match(m_compiled->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                                 PCRE2_NO_UTF_CHECK, scratch.data, scratch.context);
        if (result == PCRE2_ERROR_NOMATCH)
            break;
        if (result < 0)
            throw badInput("the regular expression in " + m_compiled->where + " cannot be run on this text: "
                           + pcre2Message(result));
        const std::size_t *ends = pcre2_get_ovector_pointer(scratch.data);
        TextRange range{ends[0], ends[1]};
        if (range.begin == range.end && range.begin == lastEnd) {
            // An empty match right behind another match counts for nothing.
            from += from < text.size() ? codePointAt(text, from).size : 1;
            continue;
        }
        found.push_back(range);
        from = lastEnd = range.end;
    }
    return found;
}

namespace {

// Unicode's White_Space, what is not, and hexadecimal digits, written as the inside of a character class: Oniguruma's \s, \S
// and \h. PCRE2's own \s has U+180E too, and its \w lacks marks and connectors.
constexpr std::string_view kSpace = R"(\t-\r\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";
constexpr std::string_view kNotSpace =
    R"(\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{84}\x{86}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027})"
    R"(\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10ffff})";
constexpr std::string_view kHexDigit = "0-9A-Fa-f";

/// The ranges of newer characters whose category begins with the given letters, as the inside of a character class.
std::string newCharacters(std::string_view category)
{
    std::string ranges;
    for (const UnicodeAddition &addition : unicodeAdditions()) {
        if (!addition.category.starts_with(category))
            continue;
        char text[48];
        std::snprintf(text, sizeof text, "\\x{%X}-\\x{%X}", static_cast<unsigned>(addition.first),
                      static_cast<unsigned>(addition.last));
        ranges += text;
    }
    return ranges;
}

const std::string &wordCharacters()
{
    // Oniguruma's table has six more digits and fractions of Latin-1.
    static const std::string word = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{b2}\x{b3}\x{b9}\x{bc}-\x{be})" + newCharacters("L")
                                    + newCharacters("M") + newCharacters("Nd") + newCharacters("Nl") + newCharacters("Pc");
    return word;
}

/// Whether the name in \p{NAME} is a general category: "L", "Nd".
bool isCategory(std::string_view name)
{
    static constexpr std::string_view kCategories =
        " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Cn Co Cs ";
    return name.size() <= 2 && kCategories.find(" " + std::string(name) + " ") != std::string_view::npos;
}

/// Whether PCRE2 knows a script by this name. Without "sc:" it would take the script's extensions for it.
bool isScript(std::string_view name)
{
    std::string pattern = "\\p{sc:" + std::string(name) + "}";
    int error = 0;
    std::size_t offset = 0;
    pcre2_code *code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), PCRE2_UTF, &error, &offset,
                                     nullptr);
    pcre2_code_free(code);
    return code != nullptr;
}

class Translator {
public:
    Translator(std::string_view pattern, const std::string &where) : m_pattern(pattern), m_where(where) {}

    std::string translate()
    {
        if (m_pattern.size() > kPatternLimit || !isValidUtf8(m_pattern) || m_pattern.find('\0') != std::string_view::npos)
            throw badInput("the regular expression in " + m_where + " is too long or not valid UTF-8");
        while (more())
            outside();
        return std::move(m_out);
    }

private:
    bool more() const { return m_at < m_pattern.size(); }
    bool ahead(std::string_view text) const { return m_pattern.substr(m_at).starts_with(text); }
    char take() { return m_pattern[m_at++]; }

    Error unsupported(std::string_view what) const
    {
        return badInput("the regular expression in " + m_where + " uses " + std::string(what) + ", which is not supported");
    }

    void outside()
    {
        char c = take();
        if (c == '\\')
            escape(false);
        else if (c == '[')
            characterClass();
        else if (c == '(')
            group();
        else if (c == '{')
            interval();
        else
            m_out += c;
    }

    void group()
    {
        m_out += '(';
        if (ahead("*"))
            throw unsupported("a verb (*...)");
        if (!ahead("?"))
            return;
        for (std::string_view kind : {"?:", "?=", "?!", "?>", "?<=", "?<!", "?i:", "?-i:"}) {
            if (ahead(kind)) {
                m_out += kind;
                m_at += kind.size();
                return;
            }
        }
        // Elsewhere than at the start, Ruby's (?i) opens a group up to the end of the enclosing one; Perl's does not.
        if (m_at == 1 && ahead("?i)")) {
            m_out += "?i)";
            m_at += 3;
            return;
        }
        throw unsupported("the group (" + std::string(m_pattern.substr(m_at, 3)) + "...");
    }

    /// {n}, {n,}, {n,m} and {,m}; any other brace stands for itself.
    void interval()
    {
        std::size_t at = m_at;
        auto digits = [&] {
            std::size_t begin = at;
            while (at < m_pattern.size() && m_pattern[at] >= '0' && m_pattern[at] <= '9')
                ++at;
            return std::string(m_pattern.substr(begin, at - begin));
        };
        std::string low = digits();
        bool range = at < m_pattern.size() && m_pattern[at] == ',';
        std::string high;
        if (range) {
            ++at;
            high = digits();
        }
        if (at >= m_pattern.size() || m_pattern[at] != '}' || (low.empty() && high.empty())) {
            m_out += "\\{";
            return;
        }
        m_at = at + 1;
        m_out += "{" + (low.empty() ? "0" : low) + (range ? "," + high : "") + "}";
        if (ahead("+"))
            throw unsupported("{n,m}+");
        if (ahead("?") && !range)
            throw unsupported("{n}?");
    }

    void characterClass()
    {
        m_out += '[';
        if (ahead("^"))
            m_out += take();
        if (ahead("]")) {
            m_out += "\\]";
            ++m_at;
        }
        while (more() && !ahead("]")) {
            if (ahead("&&"))
                throw unsupported("the intersection of classes (&&)");
            char c = take();
            if (c == '[')
                throw unsupported("a class inside a class");
            if (c == '\\')
                escape(true);
            else
                m_out += c;
        }
        if (!more())
            throw badInput("the regular expression in " + m_where + " has a character class without an end");
        m_out += take();
    }

    void named(std::string_view content, bool negated, bool inClass)
    {
        if (inClass)
            m_out += content;
        else
            m_out.append(negated ? "[^" : "[").append(content).append("]");
    }

    void escape(bool inClass)
    {
        if (!more())
            throw badInput("the regular expression in " + m_where + " ends in a backslash");
        char c = take();
        switch (c) {
        case 's': return named(kSpace, false, inClass);
        case 'S': return inClass ? named(kNotSpace, false, true) : named(kSpace, true, false);
        case 'w': return named(wordCharacters(), false, inClass);
        case 'h': return named(kHexDigit, false, inClass);
        case 'd': return category("Nd", false, inClass);
        case 'D': return category("Nd", true, inClass);
        case 'v': m_out += "\\x{b}"; return;
        case 'p':
        case 'P': return property(c, inClass);
        case 'x':
        case 'u': return number(c);
        case 't':
        case 'n':
        case 'r':
        case 'f':
        case 'a':
        case 'e': m_out.append("\\").push_back(c); return;
        default: break;
        }
        if (!std::isalnum(static_cast<unsigned char>(c)))
            m_out.append("\\").push_back(c);
        else if (inClass && c == 'b')
            m_out += "\\x{8}";
        else if (inClass)
            throw unsupported(std::string("\\") + c + " in a character class");
        else
            assertion(c);
    }

    void assertion(char c)
    {
        const std::string &word = wordCharacters();
        if (c == 'W' || c == 'H')
            named(c == 'W' ? std::string_view(word) : kHexDigit, true, false);
        else if (c == 'b')
            m_out += "(?:(?<=[" + word + "])(?![" + word + "])|(?<![" + word + "])(?=[" + word + "]))";
        else if (c == 'B')
            m_out += "(?:(?<=[" + word + "])(?=[" + word + "])|(?<![" + word + "])(?![" + word + "]))";
        else if (c == 'A' || c == 'z' || c == 'Z')
            m_out.append("\\").push_back(c);
        else
            throw unsupported(std::string("\\") + c);
    }

    void category(std::string_view name, bool negated, bool inClass)
    {
        std::string content = "\\p{" + std::string(name) + "}" + newCharacters(name);
        // The complement of several ranges has no form inside a class; there the newest characters are left as PCRE2 has them.
        if (negated && inClass)
            m_out.append("\\P{").append(name).append("}");
        else
            named(content, negated, inClass);
    }

    void property(char c, bool inClass)
    {
        std::size_t end = m_pattern.find('}', m_at);
        if (!ahead("{") || end == std::string_view::npos)
            throw unsupported(std::string("\\") + c + " without a name in braces");
        std::string_view name = m_pattern.substr(m_at + 1, end - m_at - 1);
        m_at = end + 1;
        bool negated = c == 'P';
        if (name.starts_with("^")) {
            negated = !negated;
            name.remove_prefix(1);
        }
        if (isCategory(name))
            return category(name, negated, inClass);
        m_out.append(negated ? "\\P{" : "\\p{").append(isScript(name) ? "sc:" : "").append(name).append("}");
    }

    void number(char kind)
    {
        bool braces = kind == 'x' && ahead("{");
        m_at += braces;
        std::size_t most = braces ? 8 : kind == 'u' ? 4 : 2;
        std::string digits;
        while (more() && digits.size() < most && std::isxdigit(static_cast<unsigned char>(m_pattern[m_at])))
            digits += take();
        bool complete = !digits.empty() && (kind != 'u' || digits.size() == 4) && (!braces || ahead("}"));
        if (!complete)
            throw unsupported(std::string("\\") + kind + " without its hexadecimal digits");
        m_at += braces;
        if (kind == 'x' && !braces && std::stoul(digits, nullptr, 16) > 0x7F)
            throw unsupported("\\x" + digits + ", a byte that is no character");
        m_out += "\\x{" + digits + "}";
    }

    std::string_view m_pattern;
    const std::string &m_where;
    std::size_t m_at = 0;
    std::string m_out;
};

} // namespace

std::string translateRegex(std::string_view pattern, const std::string &where)
{
    return Translator(pattern, where).translate();
}

} // namespace tessera
