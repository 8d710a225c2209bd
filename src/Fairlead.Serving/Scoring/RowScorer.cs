using System.Text.Json;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;

namespace Fairlead.Serving.Scoring;

/// <summary>
/// Asks a model about rows of named fields, with the same reading, rules and runtime that answer callers. Throws
/// <see cref="RequestException"/> for rows that do not fit the model, and <see cref="ModelRunException"/>.
/// </summary>
public sealed class RowScorer(IModelRuntime model, TimeProvider time)
{
    /// <summary>Rows of one run: large enough to be quick, small enough for any model.</summary>
    private const int RowsOfARun = 256;

    private readonly RequestLimits _limits = new();
    private readonly List<string> _predicted = [];
    private readonly List<double> _scores = [];
    private readonly List<double> _milliseconds = [];

    /// <summary>Why a version cannot be asked so; null when it can.</summary>
    /// <param name="signature">What it takes and gives.</param>
    /// <param name="output">The output that is wanted.</param>
    /// <param name="score">The output with its element that is wanted; null: none.</param>
    public static string? WhyNot(Signature signature, string output, string? score)
    {
        if (RowFields.Of(signature).Unfit is { } unfit)
            return $"it does not take rows: {unfit}";
        foreach (var name in new[] { output, score is null ? output : ObservedOf(score).Output })
        {
            if (signature.Outputs.All(each => each.Name != name))
                return $"it has no output '{name}'; it has {string.Join(", ", signature.Outputs.Select(o => o.Name))}";
        }

        return null;
    }

    /// <summary>The fields that rows must have, and those that they may have.</summary>
    public static (IReadOnlyList<string> Required, IReadOnlyList<string> Optional) FieldsOf(Signature signature)
    {
        var fields = RowFields.Of(signature).Fields.ToLookup(field => field.Optional, field => field.Name);
        return ([.. fields[false]], [.. fields[true]]);
    }

    /// <summary>Asks about all rows of a question.</summary>
    public async Task<RowScores> ScoreAsync(ScoreQuestion question)
    {
        if (WhyNot(model.Signature, question.Output, question.Score) is { } why)
            throw new RequestException(PredictFailure.InvalidInput, $"The model cannot be asked: {why}.");

        string[] rows = [.. question.Rows.EnumerateArray().Select(row => row.GetRawText())];
        var timed = Math.Min(question.Timed, rows.Length);
        for (var at = 0; at < rows.Length;)
        {
            var count = RowsAtOnce(question.OneByOne || at < timed, rows.Length - at);
            await RunAsync(question, rows.AsMemory(at, count), at, at < timed).ConfigureAwait(false);
            at += count;
        }

        return new RowScores(_predicted, _scores, _milliseconds);
    }

    private int RowsAtOnce(bool alone, int left)
    {
        // A model that takes a fixed number of rows gets that number.
        var isFixed = model.Signature.Inputs is [{ Shape: [>= 0 and var rows, ..] }, ..];
        var most = isFixed ? (int)model.Signature.Inputs[0].Shape[0] : alone ? 1 : RowsOfARun;
        return Math.Min(Math.Max(1, most), left);
    }

    private async Task RunAsync(ScoreQuestion question, ReadOnlyMemory<string> rows, int first, bool isTimed)
    {
        using var inputs = TensorSet.Rent(model.Signature.Inputs.Length);
        using var outputs = TensorSet.Rent(model.Signature.Outputs.Length);
        Read(rows, inputs, first);
        var started = time.GetTimestamp();
        await model.RunAsync(inputs, outputs, new RunControl()).ConfigureAwait(false);
        if (isTimed)
            _milliseconds.Add(time.GetElapsedTime(started).TotalMilliseconds);

        Take(question, outputs, rows.Length);
    }

    private void Read(ReadOnlyMemory<string> rows, TensorSet inputs, int first)
    {
        var json = System.Text.Encoding.UTF8.GetBytes($"[{string.Join(',', rows.ToArray())}]");
        var reader = new Utf8JsonReader(json, RequestJson.Options);
        try
        {
            new RowReader().Read(ref reader, RowFields.Of(model.Signature), model.Signature, rows.Length, inputs,
                _limits, json.Length);
        }
        catch (RequestException fault)
        {
            throw new RequestException(fault.Failure, $"Rows from {first} on: {fault.Message}", fault);
        }

        InputRules.Check(model.Signature, inputs);
    }

    private void Take(ScoreQuestion question, TensorSet outputs, int rows)
    {
        var answer = Find(question.Output, outputs);
        for (var row = 0; row < rows; row++)
            _predicted.Add(TensorText.Text(answer, row * Width(answer, rows, question.Output)));
        if (question.Score is null)
            return;

        var observed = ObservedOf(question.Score);
        var scores = Find(observed.Output, outputs);
        var width = Width(scores, rows, observed.Output);
        if (observed.Element >= width)
        {
            throw new RequestException(PredictFailure.InvalidInput,
                $"The output '{observed.Output}' has {width} elements a row; there is no element {observed.Element}.");
        }

        for (var row = 0; row < rows; row++)
            _scores.Add(TensorText.Number(scores, row * width + observed.Element));
    }

    private Tensor Find(string name, TensorSet outputs)
    {
        for (var i = 0; i < model.Signature.Outputs.Length; i++)
        {
            if (model.Signature.Outputs[i].Name == name)
                return outputs[i];
        }

        throw new RequestException(PredictFailure.InvalidInput, $"The model has no output '{name}'.");
    }

    private static int Width(Tensor tensor, int rows, string name) =>
        tensor.ElementCount > 0 && tensor.ElementCount % rows == 0
            ? tensor.ElementCount / rows
            : throw new RequestException(PredictFailure.InvalidInput,
                $"The output '{name}' has {tensor.ElementCount} elements for {rows} rows.");

    private static ObservedOutput ObservedOf(string score) => Observation.Element(score, score, category: null);
}
