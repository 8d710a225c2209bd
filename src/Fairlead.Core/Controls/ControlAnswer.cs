using System.Collections.Immutable;

namespace Fairlead.Core.Controls;

/// <summary>How an arm answers that has no model.</summary>
public enum ControlKind
{
    /// <summary>It has no outputs: what happens to those callers is what happens without the model.</summary>
    None,

    /// <summary>The same values for every row.</summary>
    Constant,

    /// <summary>The values of the first rule whose condition holds for the row, or else the default.</summary>
    Rule,
}

/// <summary>What is answered under the name of one output, for one row.</summary>
public sealed record OutputValue(string Output, ScalarValue Value);

/// <summary>One rule: when the condition holds for a row, these are its outputs.</summary>
public sealed record ControlRule(RowCondition When, ImmutableArray<OutputValue> Then)
{
    public bool Equals(ControlRule? other) =>
        other is not null && When.Equals(other.When) && Then.SequenceEqual(other.Then);

    public override int GetHashCode() => HashCode.Combine(When, Then.Length);
}

/// <summary>
/// What an arm without a model answers. Such an arm is a control group: it is assigned, counted and joined with
/// outcomes like every other, and shows what the world would be without the model.
/// </summary>
public sealed record ControlAnswer(ControlKind Kind)
{
    /// <summary>Nothing.</summary>
    public static ControlAnswer None { get; } = new(ControlKind.None);

    /// <summary>The constant; for rules what is answered when none holds. Empty for <see cref="ControlKind.None"/>.
    /// </summary>
    public ImmutableArray<OutputValue> Outputs { get; init; } = [];

    /// <summary>The rules, the first that holds wins.</summary>
    public ImmutableArray<ControlRule> Rules { get; init; } = [];

    /// <summary>The kind as it is written: <c>none</c>, <c>constant</c> or <c>rule</c>.</summary>
    public static string Word(ControlKind kind) => kind switch
    {
        ControlKind.Constant => "constant",
        ControlKind.Rule => "rule",
        _ => "none",
    };

    /// <summary>Reads the written kind; false when there is none of that name.</summary>
    public static bool TryParse(string word, out ControlKind kind)
    {
        kind = word switch
        {
            "constant" => ControlKind.Constant,
            "rule" => ControlKind.Rule,
            _ => ControlKind.None,
        };
        return Word(kind) == word;
    }

    public bool Equals(ControlAnswer? other) =>
        other is not null && Kind == other.Kind && Outputs.SequenceEqual(other.Outputs)
        && Rules.SequenceEqual(other.Rules);

    public override int GetHashCode() => HashCode.Combine(Kind, Outputs.Length, Rules.Length);

    /// <summary>The kind, and how many rules there are.</summary>
    public override string ToString() =>
        Kind == ControlKind.Rule ? $"rule ({Rules.Length})" : Word(Kind);
}
