// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/checkpoint.h"
#include "engine/distill/evaluate.h"
#include "engine/distill/losses.h"
#include "engine/nn/training_state.h"
#include "engine/protocol/distill_children_request.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tessera::distill {

/// A child in global distillation: its float32 weights, AdamW's moments, the weights that did best on held-out tokens, and the
/// figures so far.
class Student {
public:
    /// Continues from statePath where a training of the same purpose has left its state; throws Error (BadInput) where it holds
    /// another training's, which would be lost.
    Student(const StudentOrder &order, const DistillChildrenRequest &request, std::filesystem::path statePath, std::string purpose);

    std::int64_t step() const { return m_state.step; }
    double seconds() const; ///< Training time as of the state that was continued.
    const Checkpoint &checkpoint() const { return m_checkpoint; }

    /// Adds the gradient of a part of a batch of so many predictions.
    void learn(const nn::Model &teacher, const TeacherPass &pass, const at::Tensor &tokens, std::int64_t batchPredictions);
    /// Forgets the parts of a batch that was not finished.
    void dropBatch();
    /// One AdamW step from the parts since the last. Throws Error (Failed) where the loss is no number.
    void update(double learningRate);

    /// Whether the weights of this step were evaluated.
    bool evaluated() const;
    /// Held-out windows, from beginEvaluation() on batch by batch; finishEvaluation() adds a point to the curve and keeps the
    /// weights if they are the best.
    void beginEvaluation() { m_evaluation = {}; }
    void evaluate(const nn::Model &teacher, const TeacherPass &pass, const at::Tensor &tokens);
    void finishEvaluation();
    /// {"step","training_loss","held_out_loss","kl_to_parent","nll","hidden_cosine"} of the last evaluation.
    const Json &lastPoint() const { return m_curve.back(); }
    double trainingLoss() const { return m_loss; } ///< Of the last step.
    double bestLoss() const { return m_state.bestLoss; }

    void save(double seconds);

    /// Rounds the best weights to the type that they are stored in. Their evaluation is then to be done again, by evaluate() and
    /// finishRounded(), which goes back to the start where rounding leaves nothing won. False where nothing is rounded.
    bool roundBest();
    void finishRounded();
    /// Writes the best weights as a checkpoint. {"path","steps","best_step","before","after","curve"}.
    Json write();

private:
    double weighted(const WindowMeans &means) const;
    Json describe(const Evaluation &evaluation) const;
    void resume();

    const StudentOrder &m_order;
    LossWeights m_weights;
    double m_clipNorm;
    at::ScalarType m_dtype;
    std::filesystem::path m_statePath;
    std::string m_purpose;
    Checkpoint m_checkpoint;
    nn::TrainedModel m_trained;
    nn::Rope m_rope;
    nn::AdamW m_optimiser;
    nn::TrainingState m_state;
    std::vector<at::Tensor> m_gradients;
    LossSums m_batch;
    Evaluation m_evaluation;
    Json m_before, m_best; ///< Evaluations of the start and of the best weights.
    Json m_curve = Json::array();
    std::int64_t m_bestStep = 0;
    double m_loss = 0;
};

} // namespace tessera::distill
