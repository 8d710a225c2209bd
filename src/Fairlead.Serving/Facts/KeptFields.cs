using System.Collections.Immutable;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Serving.Records;
using Fairlead.Serving.Routing;

namespace Fairlead.Serving.Facts;

/// <summary>
/// What may be kept of the inputs with an answer: no more than the endpoint's <c>log:</c> keeps. A field that figures
/// are kept apart by is its hash, a word, or nothing; a number that is not kept as it is, is missing.
/// </summary>
internal sealed class KeptFields
{
    /// <summary>What stands for a value of which only is kept that there was one.</summary>
    public const string Redacted = "redacted";

    private readonly FieldTreatment[] _slices;
    private readonly bool[] _labels;
    private readonly bool[] _scores;
    private readonly bool[]?[] _hidden;
    private readonly byte[]? _key;

    /// <param name="log">What is kept; null: the endpoint says nothing of it, and all is.</param>
    /// <param name="key">The installation's key; null: what would be a hash is not kept.</param>
    /// <param name="observed">What is looked at.</param>
    /// <param name="variants">Whose inputs.</param>
    public KeptFields(LogSpec? log, byte[]? key, Observation observed, IReadOnlyList<VariantState> variants)
    {
        _key = key;
        _slices = [.. observed.Slices.Select(field => log is null
            ? FieldTreatment.Keep
            : variants.Select(variant => Of(log, variant.Signature.Inputs, field)).Append(log.Treatment(field)).Max())];
        _labels = [.. observed.Labels.Select(output => IsKept(log, output))];
        _scores = [.. observed.Scores.Select(score => IsKept(log, score.Output))];
        _hidden = [.. variants.Select(variant => log is null || !observed.Features
            ? null
            : Hidden(log, variant.Signature.Inputs))];
    }

    /// <summary>What is kept of the value of a field; null: nothing.</summary>
    /// <param name="slice">Its place among those that are observed.</param>
    /// <param name="value">The value; null: there is none.</param>
    public string? Slice(int slice, string? value) => value is null ? null : _slices[slice] switch
    {
        FieldTreatment.Keep => value,
        FieldTreatment.Hash => _key is null ? null : KeyedHash.Text(_key, value),
        FieldTreatment.Redact => Redacted,
        _ => null,
    };

    /// <summary>Whether an observed output is kept, for nothing else can be held against what turned out.</summary>
    public bool KeepsLabel(int label) => _labels[label];

    /// <summary>Whether an observed score is kept.</summary>
    public bool KeepsScore(int score) => _scores[score];

    /// <summary>The numbers of a row with those that may not be kept missing, in place.</summary>
    public double[] Masked(int variant, double[] numbers)
    {
        if (_hidden[variant] is not { } hidden)
            return numbers;
        for (var i = 0; i < numbers.Length; i++)
        {
            // What lies behind the elements that are known by name is not known to be allowed.
            if (i >= hidden.Length || hidden[i])
                numbers[i] = double.NaN;
        }

        return numbers;
    }

    /// <summary>A tensor with one value a row may have a field of another name, and a field belongs to a tensor.
    /// </summary>
    private static FieldTreatment Of(LogSpec log, ImmutableArray<TensorSpec> inputs, string name) => inputs
        .Where(spec => spec.Name == name).SelectMany(spec => spec.Fields.Take(1))
        .Concat(inputs.Where(spec => spec.Fields.Contains(name)).Select(spec => spec.Name))
        .Select(log.Treatment).Append(FieldTreatment.Keep).Max();

    private static bool IsKept(LogSpec? log, string output) =>
        log is null || log.Treatment(output) == FieldTreatment.Keep;

    private static bool[] Hidden(LogSpec log, ImmutableArray<TensorSpec> inputs)
    {
        var hidden = new List<bool>();
        foreach (var spec in inputs)
        {
            var width = Windows.WindowLayout.WidthOf(spec);
            if (width == 0)
                break;
            for (var element = 0; element < width && hidden.Count < TensorText.MaxNumbers; element++)
            {
                var field = spec.Fields.Length == width ? log.Treatment(spec.Fields[element]) : FieldTreatment.Keep;
                hidden.Add(Math.Max((int)field, (int)log.Treatment(spec.Name)) > (int)FieldTreatment.Keep);
            }
        }

        return [.. hidden];
    }
}
