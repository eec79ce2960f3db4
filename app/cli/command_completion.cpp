// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace tessera {
namespace {

/// A command with what can stand behind it, path and words as a shell sees them.
struct Node {
    std::string path; ///< "" for tessera itself, "import/nvlabs"
    std::string name, about;
    std::vector<std::string> commands, options;
};

std::string firstLine(const std::string &text) { return text.substr(0, text.find('\n')); }

void collect(CLI::App &app, const std::string &path, std::vector<Node> &nodes)
{
    Node node{path, app.get_name(), firstLine(app.get_description()), {}, {}};
    std::vector<CLI::App *> commands = app.get_subcommands([](CLI::App *) { return true; });
    for (const CLI::App *command : commands)
        node.commands.push_back(command->get_name());
    for (const CLI::Option *option : app.get_options())
        for (const std::string &name : option->get_lnames())
            node.options.push_back("--" + name);
    if (!path.empty())
        node.options.push_back("--json");
    nodes.push_back(std::move(node));
    for (CLI::App *command : commands)
        collect(*command, path.empty() ? command->get_name() : path + "/" + command->get_name(), nodes);
}

std::string joined(const std::vector<std::string> &words)
{
    std::string text;
    for (const std::string &word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

/// In single quotes for any of the shells.
std::string quoted(const std::string &text)
{
    std::string result = "'";
    for (char c : text)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

/// The part that bash and zsh share: which command the words before the cursor lead to, and what can follow it.
void printCases(const std::vector<Node> &nodes)
{
    std::cout << "    for word in \"${before[@]}\"; do\n        case \"$chain/$word\" in\n        ";
    for (std::size_t i = 1; i < nodes.size(); ++i)
        std::cout << (i > 1 ? " | " : "") << quoted("/" + nodes[i].path);
    std::cout << ") chain=\"$chain/$word\" ;;\n        esac\n    done\n    case \"$chain\" in\n";
    for (const Node &node : nodes)
        std::cout << "    " << quoted(node.path.empty() ? "" : "/" + node.path) << ") commands=" << quoted(joined(node.commands))
                  << " options=" << quoted(joined(node.options)) << " ;;\n";
    std::cout << "    esac\n";
}

void printBash(const std::vector<Node> &nodes)
{
    std::cout << "# bash completion of tessera: source <(tessera completion bash)\n"
                 "_tessera() {\n"
                 "    local current=\"${COMP_WORDS[COMP_CWORD]}\" chain='' word commands='' options=''\n"
                 "    local before=(\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n";
    printCases(nodes);
    std::cout << "    if [[ $current == -* ]]; then\n"
                 "        COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
                 "    elif [[ -n $commands ]]; then\n"
                 "        COMPREPLY=($(compgen -W \"$commands\" -- \"$current\"))\n"
                 "    else\n"
                 "        COMPREPLY=()\n"
                 "    fi\n"
                 "}\n"
                 "complete -o bashdefault -o default -F _tessera tessera\n";
}

void printZsh(const std::vector<Node> &nodes)
{
    std::cout << "#compdef tessera\n"
                 "# zsh completion of tessera: tessera completion zsh > a folder of $fpath/_tessera\n"
                 "_tessera() {\n"
                 "    local chain='' word commands='' options=''\n"
                 "    local -a before=(\"${(@)words[2,CURRENT-1]}\")\n";
    printCases(nodes);
    std::cout << "    if [[ $PREFIX == -* ]]; then\n"
                 "        compadd -- ${=options}\n"
                 "    elif [[ -n $commands ]]; then\n"
                 "        compadd -- ${=commands}\n"
                 "    else\n"
                 "        _files\n"
                 "    fi\n"
                 "}\n"
                 "compdef _tessera tessera\n";
}

void printFish(const std::vector<Node> &nodes)
{
    std::cout << "# fish completion of tessera: tessera completion fish > ~/.config/fish/completions/tessera.fish\n";
    for (std::size_t i = 1; i < nodes.size(); ++i) {
        std::string parent = nodes[i].path.substr(0, nodes[i].path.size() - nodes[i].name.size());
        std::string when = parent.empty() ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + parent.substr(0, parent.size() - 1);
        std::cout << "complete -c tessera -f -n " << quoted(when) << " -a " << nodes[i].name << " -d " << quoted(nodes[i].about) << "\n";
        for (const std::string &option : nodes[i].options)
            std::cout << "complete -c tessera -n " << quoted("__fish_seen_subcommand_from " + nodes[i].name) << " -l "
                      << option.substr(2) << "\n";
    }
}

} // namespace

void addCompletion(CLI::App &app, Console &)
{
    CLI::App *command = app.add_subcommand("completion", "Print what makes a shell complete tessera's commands and options");
    command->footer("Example: echo 'source <(tessera completion bash)' >> ~/.bashrc");
    auto shell = std::make_shared<std::string>();
    command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->callback([&app, shell] {
        std::vector<Node> nodes;
        collect(app, "", nodes);
        if (*shell == "bash")
            printBash(nodes);
        else if (*shell == "zsh")
            printZsh(nodes);
        else
            printFish(nodes);
    });
}

} // namespace tessera
