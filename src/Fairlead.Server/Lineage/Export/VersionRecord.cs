using Fairlead.Client.Api;

namespace Fairlead.Server.Lineage.Export;

/// <summary>All that exports say of a version, gathered; everything after that is a function of it.</summary>
internal sealed record VersionRecord
{
    public required LineageVersion Lineage { get; init; }

    /// <summary>The registered datasets that it was made with, as far as they are still known.</summary>
    public IReadOnlyList<DatasetRecord> Datasets { get; init; } = [];

    /// <summary>The rollouts that it took part in.</summary>
    public IReadOnlyList<VersionRolloutInfo> Rollouts { get; init; } = [];

    /// <summary>How it was scored on labelled rows: the newest evaluation of each data.</summary>
    public IReadOnlyList<EvaluationInfo> Evaluations { get; init; } = [];

    /// <summary>The training run, where it is one of this installation.</summary>
    public RunInfo? Run { get; init; }

    public VersionInfo Version => Lineage.Version;

    /// <summary>Such as <c>credit/3</c>.</summary>
    public string Name => $"{Version.Model}/{Version.Number}";

    /// <summary>What an evaluation was made on: the registered dataset, the file, or the digest of the bytes.</summary>
    public static string DataOf(EvaluationInfo evaluation) => evaluation.Dataset
        ?? (evaluation.Source.Length > 0 ? evaluation.Source : evaluation.Digest);
}

/// <summary>A registered dataset as a version was made with it.</summary>
/// <param name="Use">What it was to the version.</param>
/// <param name="Address">Where its content lies.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Columns">How many columns it has.</param>
/// <param name="Split">Which part of the data it is.</param>
internal sealed record DatasetRecord(VersionDataset Use, string? Address, long? Rows, int Columns, string? Split);
