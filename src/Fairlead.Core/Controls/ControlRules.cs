using System.Collections.Immutable;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Controls;

/// <summary>
/// Says whether an answer without a model may be as it is written, and whether it fits the version that it stands in
/// for. Pure; every fault is reported.
/// </summary>
public static class ControlRules
{
    /// <summary>Most rules of one arm.</summary>
    public const int MaxRules = 64;

    /// <summary>Most outputs of one answer.</summary>
    public const int MaxOutputs = 64;

    /// <summary>Longest text of one value, in characters.</summary>
    public const int MaxText = 1000;

    /// <summary>Finds the faults that need no version to be seen.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="at">Where it stands, such as <c>variants[1]</c>.</param>
    public static IEnumerable<Refusal> Check(ControlAnswer answer, string at)
    {
        if (answer.Kind != ControlKind.Rule && !answer.Rules.IsEmpty)
            yield return Fault("unexpected_rules", $"{at}.rules", "Only an arm with 'answer: rule' has rules.");
        if (answer.Kind == ControlKind.None)
        {
            if (!answer.Outputs.IsEmpty)
                yield return Fault("unexpected_outputs", $"{at}.outputs",
                    "An arm with 'answer: none' has no outputs; write 'answer: constant' to answer values.");
            yield break;
        }

        if (answer.Kind == ControlKind.Rule && answer.Rules.Length is 0 or > MaxRules)
            yield return Fault("invalid_rules", $"{at}.rules", $"A rule arm has 1 to {MaxRules} rules.");
        if (answer.Outputs.Length is 0 or > MaxOutputs)
        {
            yield return Fault("invalid_outputs", $"{at}.outputs", answer.Kind == ControlKind.Rule
                ? $"A rule arm has 1 to {MaxOutputs} outputs, for rows that no rule holds for."
                : $"A constant has 1 to {MaxOutputs} outputs.");
            yield break;
        }

        foreach (var fault in Sets(answer).SelectMany((outputs, i) => CheckSet(answer, outputs, $"{at}.{Place(i)}")))
            yield return fault;
    }

    /// <summary>Finds where an answer does not fit the version that answers in the other arms.</summary>
    /// <param name="answer">An answer in which <see cref="Check"/> found nothing.</param>
    /// <param name="version">The version, for messages.</param>
    /// <param name="signature">What it takes and gives.</param>
    /// <param name="at">Where the answer stands.</param>
    public static IEnumerable<Refusal> CheckAgainst(
        ControlAnswer answer, VersionId version, Signature signature, string at)
    {
        var fields = RowFieldPlace.Of(signature);
        foreach (var (i, rule) in answer.Rules.Index())
        {
            foreach (var use in rule.When.Uses)
            {
                if (!fields.TryGetValue(use.Field, out var place))
                {
                    yield return Fault("unknown_field", $"{at}.rules[{i}].when",
                        $"The rule reads the field '{use.Field}', which {version} does not take; a rule sees what the "
                        + $"model takes: {Names(fields.Keys)}.");
                }
                else if (use.Kind is { } kind && IsText(place.Type) != (kind == ScalarKind.Text))
                {
                    yield return Fault("wrong_type", $"{at}.rules[{i}].when",
                        $"The field '{use.Field}' of {version} is a {place.Type.WireName()}; it is compared with a "
                        + $"{Word(kind)}.");
                }
            }
        }

        foreach (var (i, set) in Sets(answer).Index())
        {
            foreach (var value in set)
            {
                if (signature.Outputs.FirstOrDefault(output => output.Name == value.Output) is { } output
                    && WhyNot(output, value.Value) is { } why)
                {
                    yield return Fault("wrong_type", $"{at}.{Place(i)}.{value.Output}",
                        $"The output '{output.Name}' of {version} {why}.");
                }
            }
        }
    }

    /// <summary>
    /// The outputs that an arm without a model has: those of its values. One that the version has too is of the
    /// version's type and shape, so that callers read both arms alike; another is a BYTES, BOOL, INT64 or FP64 a row.
    /// </summary>
    public static ImmutableArray<TensorSpec> OutputsOf(ControlAnswer answer, Signature signature) =>
    [
        .. answer.Outputs.Select(value =>
            signature.Outputs.FirstOrDefault(output =>
                output.Name == value.Output && Sets(answer).All(set => WhyNot(output, ValueOf(set, value)) is null))
            ?? new TensorSpec(value.Output, TypeOf(answer, value), [-1])),
    ];

    /// <summary>The default first, then what each rule answers.</summary>
    public static IEnumerable<ImmutableArray<OutputValue>> Sets(ControlAnswer answer) =>
        answer.Rules.Select(rule => rule.Then).Prepend(answer.Outputs);

    private static IEnumerable<Refusal> CheckSet(
        ControlAnswer answer, ImmutableArray<OutputValue> outputs, string at)
    {
        if (!outputs.Select(each => each.Output).Order(StringComparer.Ordinal)
            .SequenceEqual(answer.Outputs.Select(each => each.Output).Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)))
        {
            yield return Fault("other_outputs", at,
                $"Every rule and the default answer the same outputs, each once: {Names(
                    answer.Outputs.Select(each => each.Output))}.");
            yield break;
        }

        foreach (var value in outputs)
        {
            if (value.Output.Length is 0 or > 250)
                yield return Fault("invalid_outputs", at, "The name of an output has 1 to 250 characters.");
            if (value.Value.Text.Length > MaxText)
                yield return Fault("invalid_outputs", $"{at}.{value.Output}",
                    $"A text has at most {MaxText} characters.");
            if (value.Value.Kind != ValueOf(answer.Outputs, value).Kind)
                yield return Fault("wrong_type", $"{at}.{value.Output}",
                    $"The output '{value.Output}' is a {Word(ValueOf(answer.Outputs, value).Kind)} elsewhere.");
        }
    }

    private static ScalarValue ValueOf(ImmutableArray<OutputValue> set, OutputValue named) =>
        set.FirstOrDefault(each => each.Output == named.Output)?.Value ?? named.Value;

    private static ElementType TypeOf(ControlAnswer answer, OutputValue value) => value.Value.Kind switch
    {
        ScalarKind.Text => ElementType.String,
        ScalarKind.Flag => ElementType.Bool,
        _ => Sets(answer).All(set => ValueOf(set, value).IsWhole) ? ElementType.Int64 : ElementType.Float64,
    };

    /// <summary>Why a value cannot stand for an output of a version; null when it can.</summary>
    private static string? WhyNot(TensorSpec output, ScalarValue value)
    {
        if (output.Kind != ValueKind.Tensor || output.Shape.Length == 0 || output.Shape[0] >= 0
            || output.Shape.Skip(1).Any(size => size != 1))
        {
            return $"has the shape [{string.Join(',', output.Shape)}], not one value a row, and cannot be answered "
                + "without the model";
        }

        var fits = output.Type switch
        {
            ElementType.String => value.Kind == ScalarKind.Text,
            ElementType.Bool => value.Kind == ScalarKind.Flag,
            ElementType.Float16 or ElementType.BFloat16 => false,
            ElementType.Float32 or ElementType.Float64 => value.Kind == ScalarKind.Number,
            _ => value.IsWhole && IsWithin(output.Type, value.Number),
        };
        return fits ? null : $"is a {output.Type.WireName()}, which {value} is not";
    }

    private static bool IsWithin(ElementType type, double number) => type switch
    {
        ElementType.UInt8 => number is >= byte.MinValue and <= byte.MaxValue,
        ElementType.UInt16 => number is >= ushort.MinValue and <= ushort.MaxValue,
        ElementType.UInt32 => number is >= uint.MinValue and <= uint.MaxValue,
        ElementType.UInt64 => number >= 0,
        ElementType.Int8 => number is >= sbyte.MinValue and <= sbyte.MaxValue,
        ElementType.Int16 => number is >= short.MinValue and <= short.MaxValue,
        ElementType.Int32 => number is >= int.MinValue and <= int.MaxValue,
        _ => true,
    };

    private static bool IsText(ElementType type) => type == ElementType.String;

    private static string Word(ScalarKind kind) => kind switch
    {
        ScalarKind.Text => "text",
        ScalarKind.Flag => "true or false",
        _ => "number",
    };

    private static string Place(int set) => set == 0 ? "outputs" : $"rules[{set - 1}].then";

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));

    private static Refusal Fault(string code, string field, string message) =>
        new(RefusalKind.Invalid, code, message) { Field = field };
}
