// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/tangent/sub_block_grams.h"

#include "engine/base/error.h"
#include "engine/nn/device.h"

#include <algorithm>
#include <cstddef>

namespace tessera::tangent {
namespace {

using nn::Tensor;
using Names = std::vector<std::string>;

constexpr std::int64_t kPieceColumns = 1 << 14;
/// Tokens that go through the network at once.
constexpr std::int64_t kTokensAtOnce = 2048;

/// rows [kernels, probes, numbers] times their transposes, added to grams [kernels, probes, probes] in float64.
void addProducts(Tensor &grams, const Tensor &rows)
{
    for (std::int64_t first = 0; first < rows.size(2); first += kPieceColumns) {
        const Tensor piece = rows.narrow(2, first, std::min(kPieceColumns, rows.size(2) - first)).to(at::kDouble);
        grams.baddbmm_(piece, piece.transpose(1, 2));
    }
}

std::int64_t numbersIn(const nn::SubBlock &block, const Names &names)
{
    std::int64_t sum = 0;
    for (const std::string &name : names)
        sum += block.at(name).numel();
    return sum;
}

Names namesOf(const nn::SubBlock &block)
{
    Names names;
    for (const auto &[name, tensor] : block.tensors)
        names.push_back(name);
    return names;
}

class Walk {
public:
    Walk(const nn::Model &model, const Probes &probes, const GramSettings &settings, const WorkContext &context)
        : m_model(model), m_probes(probes), m_settings(settings), m_context(context), m_count(probes.tokens.size(0)),
          m_kernels(static_cast<std::int64_t>(settings.seeds.size())), m_rope(nn::makeRope(model.config, probes.tokens.size(1)))
    {
    }

    std::vector<Tensor> run()
    {
        runForward();
        Tensor fixed = startBackward();
        std::vector<Tensor> grams(m_inputs.size());
        for (std::size_t index = m_inputs.size(); index-- > 0;) {
            m_context.progress({"tangent kernels", static_cast<std::int64_t>(m_inputs.size() - index - 1),
                                static_cast<std::int64_t>(m_inputs.size()), "sub-blocks", ""});
            const nn::SubBlock &block = m_model.layers[index / 2].of(index % 2 == 0 ? Part::Attention : Part::Ffn);
            grams[index] = block.tensors.empty() ? zeros() : gramsOf(block, index);
            m_inputs[index] = Tensor();
        }
        addEmbedding(fixed);
        grams.push_back(fixed);
        for (Tensor &gram : grams)
            gram = (gram + gram.transpose(1, 2)) / 2;
        return grams;
    }

private:
    Tensor zeros() const { return at::zeros({m_kernels, m_count, m_count}, nn::onDevice(at::kDouble)); }

    void runForward()
    {
        at::NoGradGuard noGrad;
        const std::int64_t window = m_probes.tokens.size(1), batch = std::max<std::int64_t>(1, kTokensAtOnce / window);
        m_inputs.resize(2 * m_model.layers.size());
        for (Tensor &input : m_inputs)
            input = at::empty({m_count, window, m_model.config.hidden}, nn::onDevice(at::kFloat));
        m_last = at::empty({m_count, m_model.config.hidden}, nn::onDevice(at::kFloat));
        for (std::int64_t first = 0; first < m_count; first += batch) {
            const std::int64_t rows = std::min(batch, m_count - first);
            Tensor x = nn::embed(m_model, m_probes.tokens.narrow(0, first, rows));
            for (std::size_t index = 0; index < m_inputs.size(); ++index) {
                m_context.stop.throwIfRequested();
                m_inputs[index].narrow(0, first, rows).copy_(x);
                const nn::Layer &layer = m_model.layers[index / 2];
                x = nn::applySubBlock(m_model.config, index % 2 == 0 ? layer.attention : layer.ffn, x, m_rope);
            }
            m_last.narrow(0, first, rows).copy_(x.select(1, window - 1));
        }
    }

    /// Leaves the gradients by the residual stream behind the last layer in m_gradients; the kernel of the final norm and the head.
    Tensor startBackward()
    {
        m_gradients = at::zeros({m_kernels, m_count, m_probes.tokens.size(1), m_model.config.hidden}, nn::onDevice(at::kFloat));
        m_hidden = nn::finalHidden(m_model, m_last).detach();
        const Tensor scale = at::rsqrt(m_last.to(at::kDouble).pow(2).mean(-1, true) + m_model.config.normEpsilon);
        const Tensor normed = m_last.to(at::kDouble) * scale, hiddenProducts = at::mm(m_hidden.to(at::kDouble), m_hidden.to(at::kDouble).t());
        Tensor fixed = zeros();
        for (std::int64_t kernel = 0; kernel < m_kernels; ++kernel) {
            const Tensor logits = logitDerivatives(m_settings.functional, m_model, m_hidden, m_probes.targets,
                                                   m_settings.seeds[static_cast<std::size_t>(kernel)]);
            m_logitDerivatives.push_back(logits);
            const Tensor wide = logits.to(at::kDouble);
            // The head's gradient is the outer product of the two factors.
            fixed[kernel].add_(at::mm(wide, wide.t()) * hiddenProducts);
            const Tensor towardsHidden = at::mm(logits, m_model.head.to(at::kFloat));
            const Tensor byNorm = towardsHidden.to(at::kDouble) * normed;
            fixed[kernel].add_(at::mm(byNorm, byNorm.t()));
            at::AutoGradMode gradients(true);
            const Tensor x = m_last.detach().clone().requires_grad_(true);
            const Tensor hidden = nn::rmsNorm(x, m_model.finalNorm, m_model.config.normEpsilon);
            const Tensor towardsStream = torch::autograd::grad({hidden}, {x}, {towardsHidden})[0];
            m_gradients[kernel].select(1, m_probes.tokens.size(1) - 1).copy_(towardsStream);
        }
        return fixed;
    }

    /// Tensors whose Jacobians fit into memory together.
    std::vector<Names> groupsOf(const nn::SubBlock &block) const
    {
        const std::int64_t most = m_settings.mostNumbers / (m_kernels * m_count);
        std::vector<Names> groups(1);
        std::int64_t filled = 0;
        for (const std::string &name : namesOf(block)) {
            const std::int64_t numbers = block.at(name).numel();
            if (numbers > most)
                throw badInput("the gradients of " + std::to_string(m_count) + " probes by " + name + " (" + std::to_string(numbers)
                               + " numbers each) do not fit into memory: use fewer probes or seeds, or a sketch");
            if (filled + numbers > most && !groups.back().empty()) {
                groups.emplace_back();
                filled = 0;
            }
            groups.back().push_back(name);
            filled += numbers;
        }
        return groups;
    }

    Tensor gramsOf(const nn::SubBlock &block, std::size_t index)
    {
        Tensor before = at::empty_like(m_gradients);
        Tensor grams = m_settings.sketch > 0 ? sketched(block, index, before) : exact(block, index, before);
        m_gradients = before;
        return grams;
    }

    Tensor exact(const nn::SubBlock &block, std::size_t index, Tensor &before)
    {
        Tensor grams = zeros();
        Tensor *towardsInput = &before;
        for (const Names &names : groupsOf(block)) {
            Tensor rows = at::empty({m_kernels, m_count, numbersIn(block, names)}, nn::onDevice(at::kFloat));
            differentiate(block, names, index, 0, rows, towardsInput);
            addProducts(grams, rows);
            towardsInput = nullptr;
        }
        return grams;
    }

    Tensor sketched(const nn::SubBlock &block, std::size_t index, Tensor &before)
    {
        const Names names = namesOf(block);
        const std::int64_t numbers = numbersIn(block, names);
        const std::int64_t batch = std::clamp<std::int64_t>(m_settings.mostNumbers / (m_kernels * numbers), 1, m_count);
        Tensor features = at::zeros({m_kernels, m_count, m_settings.sketch}, nn::onDevice(at::kFloat));
        for (std::int64_t first = 0; first < m_count; first += batch) {
            Tensor rows = at::empty({m_kernels, std::min(batch, m_count - first), numbers}, nn::onDevice(at::kFloat));
            differentiate(block, names, index, first, rows, &before);
            for (std::int64_t kernel = 0; kernel < m_kernels; ++kernel)
                project(rows[kernel], index, kernel, features[kernel].narrow(0, first, rows.size(1)));
        }
        Tensor grams = zeros();
        addProducts(grams, features);
        return grams / static_cast<double>(m_settings.sketch);
    }

    /// features += rows R. R is never stored: every piece of it is drawn again from its own seed.
    void project(const Tensor &rows, std::size_t index, std::int64_t kernel, Tensor features) const
    {
        const auto seed = m_settings.seeds[static_cast<std::size_t>(kernel)] * 0x9e3779b97f4a7c15u + index + 1;
        at::Generator generator = generatorOf(seed);
        constexpr std::int64_t kRows = 4096;
        for (std::int64_t first = 0; first < rows.size(1); first += kRows) {
            m_context.stop.throwIfRequested();
            const std::int64_t count = std::min(kRows, rows.size(1) - first);
            // Drawn in main memory: the same numbers on every device.
            const Tensor random =
                at::randn({count, m_settings.sketch}, generator, at::TensorOptions().dtype(at::kFloat)).to(rows.device());
            features.addmm_(rows.narrow(1, first, count), random);
        }
    }

    /// Gradients of the probes first to first + rows.size(1) - 1 by some of a sub-block's tensors, into rows [kernels, probes,
    /// numbers]; by the sub-block's input into towardsInput where it is not null.
    void differentiate(const nn::SubBlock &block, const Names &names, std::size_t index, std::int64_t first, Tensor &rows, Tensor *towardsInput)
    {
        at::AutoGradMode gradients(true);
        nn::SubBlock leaf = block;
        torch::autograd::variable_list inputs;
        for (const std::string &name : names)
            inputs.push_back(leaf.tensors[name] = block.at(name).detach().requires_grad_(true));
        for (std::int64_t row = 0; row < rows.size(1); ++row) {
            m_context.stop.throwIfRequested();
            const Tensor x = m_inputs[index].narrow(0, first + row, 1).detach().clone().requires_grad_(towardsInput != nullptr);
            const Tensor y = nn::applySubBlock(m_model.config, leaf, x, m_rope);
            torch::autograd::variable_list wanted = inputs;
            if (towardsInput)
                wanted.push_back(x);
            for (std::int64_t kernel = 0; kernel < m_kernels; ++kernel) {
                const Tensor behind = m_gradients[kernel].narrow(0, first + row, 1);
                const auto found = torch::autograd::grad({y}, wanted, {behind}, kernel + 1 < m_kernels, false, true);
                at::NoGradGuard noGrad;
                keep(found, inputs, rows[kernel][row]);
                if (towardsInput)
                    (*towardsInput)[kernel].narrow(0, first + row, 1).copy_(found.back());
            }
        }
    }

    static void keep(const torch::autograd::variable_list &found, const torch::autograd::variable_list &inputs, Tensor row)
    {
        std::int64_t offset = 0;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            Tensor target = row.narrow(0, offset, inputs[i].numel());
            if (found[i].defined())
                target.copy_(found[i].reshape(-1));
            else
                target.zero_();
            offset += inputs[i].numel();
        }
    }

    /// The embedding's gradient has a row for every token of a probe; with tied embeddings it shares its rows with the head's.
    void addEmbedding(Tensor &fixed) const
    {
        const std::int64_t window = m_probes.tokens.size(1);
        const Tensor probes = nn::here(m_probes.tokens), tokens = probes.reshape(-1);
        for (std::int64_t kernel = 0; kernel < m_kernels; ++kernel) {
            const Tensor all = m_gradients[kernel].reshape({m_count * window, -1}).to(at::kDouble);
            for (std::int64_t i = 0; i < m_count; ++i) {
                m_context.stop.throwIfRequested();
                const Tensor same = probes[i].unsqueeze(1).eq(tokens.unsqueeze(0)).to(at::kDouble);
                const Tensor products = at::mm(all.narrow(0, i * window, window), all.t()) * same;
                fixed[kernel][i].add_(products.sum(0).view({m_count, window}).sum(1));
                if (!m_model.config.tiedEmbeddings)
                    continue;
                const Tensor byLogits = m_logitDerivatives[static_cast<std::size_t>(kernel)][i].to(at::kDouble).index_select(0, tokens);
                const Tensor cross = (at::mv(all, m_hidden[i].to(at::kDouble)) * byLogits).view({m_count, window}).sum(1);
                fixed[kernel][i].add_(cross);
                fixed[kernel].select(1, i).add_(cross);
            }
        }
    }

    const nn::Model &m_model;
    const Probes &m_probes;
    const GramSettings &m_settings;
    const WorkContext &m_context;
    std::int64_t m_count, m_kernels;
    nn::Rope m_rope;
    std::vector<Tensor> m_inputs; ///< Of every sub-block, [probes, window, hidden].
    Tensor m_last, m_hidden;      ///< At the last position: behind the last layer, and behind the final norm.
    std::vector<Tensor> m_logitDerivatives;
    Tensor m_gradients; ///< By the stream in front of what has been walked: [kernels, probes, window, hidden].
};

} // namespace

std::vector<nn::Tensor> subBlockGrams(const nn::Model &model, const Probes &probes, const GramSettings &settings, const WorkContext &context)
{
    return Walk(model, probes, settings, context).run();
}

} // namespace tessera::tangent
