// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/distill/student.h"

#include "engine/base/error.h"
#include "engine/checkpoint/child_writer.h"
#include "engine/nn/device.h"
#include "engine/text/tokenizer.h"

#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>

namespace tessera::distill {
namespace {

namespace fs = std::filesystem;

StoredType storedType(DType type)
{
    switch (type) {
    case DType::F32: return StoredType::F32;
    case DType::F16: return StoredType::F16;
    case DType::BF16: return StoredType::BF16;
    case DType::Fp8: break;
    }
    throw badInput("a child is stored as f32, f16 or bf16, not as " + toString(type));
}

/// 1 - cosine of hidden states for each window, mean over layers and predictions.
void addCosines(std::vector<double> &windows, const std::vector<at::Tensor> &own, const std::vector<at::Tensor> &teacher,
                std::int64_t predictions)
{
    at::Tensor sum;
    for (std::size_t layer = 0; layer < own.size(); ++layer) {
        at::Tensor distances = cosineDistances(own[layer], teacher[layer]).to(at::kDouble);
        sum = sum.defined() ? sum.add_(distances) : distances;
    }
    at::Tensor means = nn::inMainMemory((sum / static_cast<double>(own.size())).view({-1, predictions}).mean(1));
    windows.insert(windows.end(), means.data_ptr<double>(), means.data_ptr<double>() + means.numel());
}

} // namespace

Student::Student(const StudentOrder &order, const DistillChildrenRequest &request, fs::path statePath, std::string purpose)
    : m_order(order), m_weights{request.klWeight, request.cosineWeight, request.lmWeight}, m_clipNorm(request.clipNorm),
      m_dtype(nn::scalarType(request.run.dtype)), m_statePath(std::move(statePath)), m_purpose(std::move(purpose)),
      m_checkpoint(Checkpoint::open(order.model)), m_trained(nn::trainTensors(m_checkpoint, order.tensors, m_dtype)),
      m_rope(nn::makeRope(m_checkpoint.config(), request.window)),
      m_optimiser(m_trained.parameters, {.weightDecay = request.weightDecay}), m_gradients(m_trained.parameters.size())
{
    storedType(order.storedAs);
    if (fs::exists(m_statePath))
        resume();
}

void Student::resume()
{
    if (!nn::loadState(m_statePath, m_trained, m_optimiser, m_state, m_purpose))
        throw badInput(m_statePath.parent_path().string() + " holds the state of a distillation with other options, texts or models; "
                       "repeat the command that began it, or remove that folder to begin anew");
    Json figures = parseJson(m_state.notes.at("figures"), m_statePath.string());
    m_before = figures.at("before");
    m_best = figures.at("best");
    m_bestStep = figures.at("best_step").get<std::int64_t>();
    m_curve = figures.at("curve");
    m_loss = figures.at("training_loss").get<double>();
}

double Student::seconds() const
{
    auto found = m_state.notes.find("seconds");
    return found == m_state.notes.end() ? 0 : std::strtod(found->second.c_str(), nullptr);
}

void Student::save(double seconds)
{
    m_state.notes["seconds"] = std::to_string(seconds);
    m_state.notes["figures"] =
        Json{{"before", m_before}, {"best", m_best}, {"best_step", m_bestStep}, {"curve", m_curve}, {"training_loss", m_loss}}.dump();
    nn::saveState(m_statePath, m_trained, m_optimiser, m_state, m_purpose);
}

void Student::learn(const nn::Model &teacher, const TeacherPass &pass, const at::Tensor &tokens, std::int64_t batchPredictions)
{
    nn::Model model;
    {
        at::AutoGradMode gradOn(true);
        model = nn::castModel(m_trained, m_dtype);
    }
    m_batch += addGradients(model, m_trained.parameters, teacher, pass, tokens, m_rope, m_weights,
                            1 / static_cast<double>(batchPredictions), m_gradients);
}

void Student::dropBatch()
{
    m_batch = {};
    m_gradients.assign(m_gradients.size(), {});
}

void Student::update(double learningRate)
{
    at::NoGradGuard noGrad;
    m_loss = lossOf(m_batch, m_weights);
    double norm = nn::gradientNorm(m_gradients);
    if (!std::isfinite(m_loss) || !std::isfinite(norm))
        throw failed("the loss of " + m_order.model + " is no number any more at step " + std::to_string(m_state.step)
                     + "; use a smaller --learning-rate");
    m_optimiser.step(m_gradients, learningRate, nn::clipScale(norm, m_clipNorm));
    ++m_state.step;
    dropBatch();
}

bool Student::evaluated() const
{
    return !m_curve.empty() && m_curve.back().at("step").get<std::int64_t>() == m_state.step;
}

void Student::evaluate(const nn::Model &teacher, const TeacherPass &pass, const at::Tensor &tokens)
{
    at::NoGradGuard noGrad;
    std::int64_t predictions = tokens.size(1) - 1;
    nn::Model model = nn::castModel(m_trained, m_dtype);
    std::vector<at::Tensor> states;
    at::Tensor x = nn::embed(model, tokens.narrow(1, 0, predictions));
    for (const nn::Layer &layer : model.layers) {
        x = nn::applyLayer(model.config, layer, x, m_rope);
        states.push_back(x.reshape({-1, x.size(2)}));
    }
    at::Tensor hidden = nn::finalHidden(model, x).reshape({-1, x.size(2)});
    addWindows(m_evaluation, nn::tokenLosses(model, hidden, pass.targets, &teacher, pass.hidden), predictions);
    addCosines(m_evaluation.means.cosine, states, pass.states, predictions);
}

double Student::weighted(const WindowMeans &means) const
{
    return m_weights.kl * meanAndError(means.kl).mean + m_weights.cosine * meanAndError(means.cosine).mean
        + m_weights.lm * meanAndError(means.nll).mean;
}

Json Student::describe(const Evaluation &evaluation) const
{
    Json json = toJson(evaluation);
    json["loss"] = weighted(evaluation.means);
    json.erase("by_position");
    return json;
}

void Student::finishEvaluation()
{
    at::NoGradGuard noGrad;
    Json figures = describe(std::exchange(m_evaluation, {}));
    double loss = figures.at("loss").get<double>();
    if (m_state.step == 0)
        m_before = figures;
    if (m_state.best.empty() || loss < m_state.bestLoss) {
        m_state.bestLoss = loss;
        m_best = figures;
        m_bestStep = m_state.step;
        m_state.best.clear();
        for (const at::Tensor &parameter : m_trained.parameters)
            m_state.best.push_back(parameter.detach().clone());
    }
    Json point{{"step", m_state.step}, {"training_loss", m_state.step > 0 ? Json(m_loss) : Json(nullptr)}, {"held_out_loss", loss}};
    for (const char *name : {"kl_to_parent", "nll", "hidden_cosine"})
        point[name] = figures.at(name);
    m_curve.push_back(point);
}

bool Student::roundBest()
{
    if (m_order.storedAs == DType::F32 || m_bestStep == 0)
        return false;
    at::NoGradGuard noGrad;
    at::ScalarType type = nn::scalarType(m_order.storedAs);
    for (std::size_t i = 0; i < m_state.best.size(); ++i) {
        m_state.best[i] = m_state.best[i].to(type).to(at::kFloat);
        m_trained.parameters[i].detach().copy_(m_state.best[i]);
    }
    return true;
}

void Student::finishRounded()
{
    Json figures = describe(std::exchange(m_evaluation, {}));
    m_best = figures;
    if (figures.at("loss").get<double>() < m_before.at("loss").get<double>())
        return;
    m_best = m_before;
    m_bestStep = 0;
}

Json Student::write()
{
    fs::remove_all(m_order.outFolder);
    std::map<std::string, at::Tensor> trained;
    if (m_bestStep > 0)
        for (std::size_t i = 0; i < m_trained.names.size(); ++i)
            trained[m_trained.names[i]] = m_state.best[i];
    auto produce = [&](const TensorSpec &spec, const FloatSink &sink) {
        auto found = trained.find(spec.name);
        at::Tensor values =
            nn::inMainMemory(found == trained.end() ? nn::loadTensor(m_checkpoint, spec.name, at::kFloat) : found->second);
        sink({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
    };
    fs::path model = m_order.model;
    bool hasTokenizer = !fs::is_directory(model) || fs::exists(model / "tokenizer.json") || fs::exists(model / "tokenizer.model");
    writeChild(m_order.outFolder, m_checkpoint.architecture(), storedType(m_order.storedAs), produce,
               hasTokenizer ? Tokenizer::open(model).toJson() : std::string());
    return {{"path", m_order.outFolder}, {"steps", m_state.step}, {"best_step", m_bestStep},
            {"before", m_before},        {"after", m_best},       {"curve", m_curve}};
}

} // namespace tessera::distill
