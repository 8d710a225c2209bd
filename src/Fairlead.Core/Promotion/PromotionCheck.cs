using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Fairlead.Core.Quality;

namespace Fairlead.Core.Promotion;

/// <summary>Something that a version must show before it is promoted.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(LimitCheck), "limit")]
[JsonDerivedType(typeof(ChampionCheck), "champion")]
[JsonDerivedType(typeof(DataCheck), "data")]
[JsonDerivedType(typeof(SignatureCheck), "signature")]
[JsonDerivedType(typeof(LatencyCheck), "latency")]
[JsonDerivedType(typeof(SizeCheck), "size")]
[JsonDerivedType(typeof(CardCheck), "card")]
public abstract record PromotionCheck
{
    /// <summary>Unique within its policy.</summary>
    public required string Name { get; init; }

    /// <summary>Evaluated and shown, but decides nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>The rule in words.</summary>
    [JsonIgnore]
    public abstract string Rule { get; }

    /// <summary>A number as people read it.</summary>
    internal static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}

/// <summary>A check of a figure of an evaluation.</summary>
public abstract record EvaluationCheck : PromotionCheck
{
    /// <summary>The figure.</summary>
    public required QualityMetric Metric { get; init; }

    /// <summary>The registered dataset whose evaluation is looked at, as <c>NAME/VERSION</c>; null: any.</summary>
    public string? Dataset { get; init; }

    /// <summary>Rows below which nothing is said.</summary>
    public long MinimumRows { get; init; }

    /// <summary>It must hold for every segment of the evaluation that has enough rows too.</summary>
    public bool BySegment { get; init; }

    private protected string Where =>
        (Dataset is null ? "" : $" on {Dataset}") + (BySegment ? ", in every segment" : "");
}

/// <summary>A figure against a limit.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="AtMost">True: it must not be exceeded.</param>
public sealed record LimitCheck(double Limit, bool AtMost) : EvaluationCheck
{
    public override string Rule => $"{Metric.Word()} {(AtMost ? "at most" : "at least")} {Number(Limit)}{Where}";
}

/// <summary>A figure against that of the version that the target points to now, on the same rows.</summary>
/// <param name="Margin">How much worse still counts as equal, 0 or more; a negative one demands a gain.</param>
/// <param name="Alpha">One-sided error rate.</param>
public sealed record ChampionCheck(double Margin, double Alpha) : EvaluationCheck
{
    public override string Rule => Margin < 0
        ? $"{Metric.Word()} better than the present version by {Number(-Margin)}{Where}"
        : $"{Metric.Word()} no worse than the present version by more than {Number(Margin)}{Where}";
}

/// <summary>The data of the evaluation against the schema of endpoints.</summary>
/// <param name="Endpoints">Those; empty: the endpoints that serve the present version.</param>
public sealed record DataCheck(ImmutableArray<string> Endpoints) : PromotionCheck
{
    public string? Dataset { get; init; }

    public long MinimumRows { get; init; }

    public override string Rule => "the data of the evaluation fits the schema of the endpoints"
        + (Endpoints.Length == 0 ? "" : $" {string.Join(", ", Endpoints)}");

    public bool Equals(DataCheck? other) => other is not null && base.Equals(other)
        && Endpoints.SequenceEqual(other.Endpoints) && (Dataset, MinimumRows) == (other.Dataset, other.MinimumRows);

    public override int GetHashCode() => HashCode.Combine(Name, Endpoints.Length);
}

/// <summary>Callers of endpoints can go on as they do.</summary>
/// <param name="Endpoints">Those; empty: the endpoints that serve the present version.</param>
public sealed record SignatureCheck(ImmutableArray<string> Endpoints) : PromotionCheck
{
    public override string Rule => "callers can go on as they do"
        + (Endpoints.Length == 0 ? "" : $" at {string.Join(", ", Endpoints)}");

    public bool Equals(SignatureCheck? other) =>
        other is not null && base.Equals(other) && Endpoints.SequenceEqual(other.Endpoints);

    public override int GetHashCode() => HashCode.Combine(Name, Endpoints.Length);
}

/// <summary>The time of single rows, as the evaluation timed it.</summary>
/// <param name="Quantile">0.5, 0.95 or 0.99.</param>
/// <param name="Milliseconds">The most.</param>
public sealed record LatencyCheck(double Quantile, double Milliseconds) : PromotionCheck
{
    public override string Rule => $"p{Number(Quantile * 100)} of single rows at most {Number(Milliseconds)} ms";
}

/// <summary>What a version takes of disk and memory.</summary>
/// <param name="FileBytes">The most of its files together; null: any.</param>
/// <param name="MemoryBytes">The most that loading it takes; null: any.</param>
public sealed record SizeCheck(long? FileBytes, long? MemoryBytes) : PromotionCheck
{
    public override string Rule => string.Join(" and ", new[]
    {
        FileBytes is { } files ? $"files of at most {Size(files)}" : null,
        MemoryBytes is { } memory ? $"memory of at most {Size(memory)}" : null,
    }.OfType<string>());

    internal static string Size(long bytes) => bytes >= 1 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.#} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB");
}

/// <summary>Somebody has written what the version is for.</summary>
/// <param name="Characters">The least, in the description or in a file of the version.</param>
public sealed record CardCheck(int Characters) : PromotionCheck
{
    public override string Rule => Characters > 1
        ? $"a card of at least {Characters} characters: the description, or README.md or MODEL_CARD.md"
        : "a card: the description, or README.md or MODEL_CARD.md";
}
