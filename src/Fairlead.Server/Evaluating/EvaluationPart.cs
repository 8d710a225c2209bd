using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Fairlead.Core.Quality;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Assignment;

namespace Fairlead.Server.Evaluating;

/// <summary>Answers to some rows, column by column.</summary>
internal sealed record EvaluationPart(
    IReadOnlyList<string> Labels, IReadOnlyList<string> Predicted, IReadOnlyList<double> Scores,
    IReadOnlyList<string>? Segments)
{
    public byte[] Write()
    {
        using var bytes = new MemoryStream();
        using (var brotli = new BrotliStream(bytes, CompressionLevel.Fastest))
            JsonSerializer.Serialize(brotli, this, StoredJson.Options);
        return bytes.ToArray();
    }

    public static EvaluationPart Read(byte[] content)
    {
        using var brotli = new BrotliStream(new MemoryStream(content), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<EvaluationPart>(brotli, StoredJson.Options)
            ?? throw new JsonException("A stored part of an evaluation is 'null'.");
    }

    /// <summary>The rows as figures take them, each with its segment.</summary>
    public IEnumerable<(LabelledRow Row, string? Segment)> Rows(AnswerKind task)
    {
        for (var i = 0; i < Labels.Count; i++)
        {
            var isNumber = double.TryParse(
                Labels[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
            var score = Scores.Count > 0 ? Scores[i]
                : task == AnswerKind.Ranking
                    && double.TryParse(Predicted[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var said)
                    ? said : double.NaN;
            var row = new LabelledRow(isNumber ? null : Labels[i], isNumber ? number : double.NaN, Predicted[i], score)
            {
                Unit = task == AnswerKind.Ranking && Segments is not null ? UnitHash.Of(Segments[i].AsSpan()) : 0,
            };
            yield return (row, Segments?[i]);
        }
    }
}
