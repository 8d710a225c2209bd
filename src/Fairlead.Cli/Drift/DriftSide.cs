using Fairlead.Core.Monitoring;

namespace Fairlead.Cli.Drift;

/// <summary>How a file is compared.</summary>
internal enum DriftMode
{
    /// <summary>From sketches, in the same memory however long the file is.</summary>
    Sketch,

    /// <summary>From the values themselves, a column at a time.</summary>
    Exact,
}

/// <summary>What the values of a column are.</summary>
internal enum ColumnType
{
    Number,
    Text,

    /// <summary>Lists, times and whatever else has no distribution of its own.</summary>
    Other,
}

/// <summary>A column of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Form">The same in the words of the file.</param>
internal sealed record DriftColumn(string Name, ColumnType Type, string Form);

/// <summary>One of the two files that are compared.</summary>
internal abstract class DriftSide(string path) : IDisposable
{
    /// <summary>The most distinct values of a text that is a category, as in sketches.</summary>
    public const int MostCategories = Statistics.Sketches.FrequentItems.DefaultCapacity;

    public string Path => path;

    public abstract long Rows { get; }

    public abstract IReadOnlyList<DriftColumn> Columns { get; }

    /// <summary>Opens a file for a mode.</summary>
    public static async Task<DriftSide> OpenAsync(string path, DriftMode mode, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            throw CliException.Usage($"there is no file '{path}'.");
        switch (System.IO.Path.GetExtension(path).ToUpperInvariant())
        {
            case ".PARQUET":
                return new ParquetSide(path, mode);
            case ".CSV" when mode == DriftMode.Exact:
                return ValuesSide.Read(path, cancellation);
            case ".CSV" or ".JSON" or ".JSONL" or ".NDJSON" when mode == DriftMode.Sketch:
                return await SketchedSide.ReadAsync(path, cancellation);
            case ".JSON" or ".JSONL" or ".NDJSON":
                throw CliException.Usage($"{path}: the exact mode reads Parquet and CSV.", "Leave --mode exact out.");
            default:
                throw CliException.Usage($"{path} is no .parquet, .csv, .json, .jsonl or .ndjson file.");
        }
    }

    /// <summary>What is known of a column; may be called by several threads, for different columns.</summary>
    /// <param name="column">One of <see cref="Columns"/>.</param>
    /// <param name="kind">What its values are taken for; null: for what they are.</param>
    /// <param name="room">Where numbers may lie.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public abstract ColumnEvidence Read(
        DriftColumn column, ColumnKind? kind, NumberRoom room, CancellationToken cancellation);

    public virtual void Dispose()
    {
    }
}
