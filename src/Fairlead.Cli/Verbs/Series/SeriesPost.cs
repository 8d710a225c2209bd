using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Rows;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Series;

/// <summary>Posts points of a series, one or those of a file.</summary>
internal static class SeriesPost
{
    private const int PointsOfARequest = 5_000;

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("series") { Description = "The series" };
        var value = Options.Of<double?>("--value", "number", "One value");
        var at = Options.Of<string?>("--at", "when", "Its moment [default: now]");
        var file = Options.Of<string?>("--file", "path", "A CSV file with the columns 'at' and 'value'");
        return new Command("post", "Post points of a series; sent again they change nothing")
        { name, value, at, file }.Runs(terminal, async (call, cancellation) =>
        {
            var points = call.Value(file) is { } path ? Read(path)
                : call.Value(value) is { } number
                    ? [new SeriesPointRequest
                    {
                        At = Instants.Past(call.Value(at), terminal.Clock) ?? terminal.Clock.GetUtcNow(),
                        Value = number,
                    }]
                    : throw CliException.Usage("Give --value or --file.");
            var (added, changed, unchanged) = (0, 0, 0);
            foreach (var part in points.Chunk(PointsOfARequest))
            {
                var result = await call.Client.PostSeriesPointsAsync(
                    call.Value(name), new SeriesPointsRequest { Points = part }, cancellation);
                (added, changed, unchanged) =
                    (added + result.Added, changed + result.Changed, unchanged + result.Unchanged);
            }

            call.Write(new SeriesPointsResult(added, changed, unchanged), _ =>
                call.Note($"{added} points added, {changed} changed, {unchanged} were there."));
        });
    }

    private static List<SeriesPointRequest> Read(string path)
    {
        using var text = Open(path);
        var records = new CsvReader(text);
        var columns = records.Read() ?? throw CliException.Usage($"{path} is empty.");
        var (at, value) = (columns.IndexOf("at"), columns.IndexOf("value"));
        if (at < 0 || value < 0)
            throw CliException.Usage($"{path}: the first line names no columns 'at' and 'value'.");
        var points = new List<SeriesPointRequest>();
        while (records.Read() is { } fields)
        {
            if (fields.Count <= Math.Max(at, value)
                || !DateTimeOffset.TryParse(fields[at], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                    out var moment)
                || !double.TryParse(fields[value], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                throw CliException.Usage($"{path}, line {records.RecordLine}: this is no moment with a number.");
            }

            points.Add(new SeriesPointRequest { At = moment, Value = number });
        }

        return points;
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"{path}: {failure.Message}");
        }
    }
}
