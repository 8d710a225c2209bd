using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;

namespace Fairlead.ParquetDrift;

/// <summary>
/// How long <c>fairlead drift</c> takes over Parquet files, beside a plain sum of the same columns by DuckDB, in one
/// run on two threads. Half of the rows are the reference and half are held against it.
/// </summary>
internal static class Program
{
    private const string Usage = "usage: Fairlead.ParquetDrift [--rows COUNT] [--columns COUNT] [--folder FOLDER]";
    private const int Threads = 2;
    private const int Repeats = 3;

    private static int Main(string[] arguments)
    {
        var (rows, columns) = (10_000_000L, 30);
        var folder = Path.Combine(Path.GetTempPath(), "fairlead-parquet-drift");
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--rows" when long.TryParse(value, CultureInfo.InvariantCulture, out rows) && rows >= 1000:
                case "--columns" when int.TryParse(value, CultureInfo.InvariantCulture, out columns) && columns > 0:
                    break;
                case "--folder" when value.Length > 0:
                    folder = value;
                    break;
                default:
                    Console.Error.WriteLine($"Cannot read '{arguments[i]} {value}'. {Usage}");
                    return 2;
            }
        }

        Directory.CreateDirectory(folder);
        var (reference, current) = (
            Path.Combine(folder, "reference.parquet"), Path.Combine(folder, "current.parquet"));
        using var database = new DuckDBConnection("DataSource=:memory:");
        database.Open();
        Run(database, $"SET threads = {Threads}");
        Console.Error.WriteLine("writing the files");
        Write(database, reference, rows / 2, columns, "0", seed: 0.1);
        Write(database, current, rows / 2, columns, "0.1", seed: 0.2);
        var sum = $"SELECT {string.Join(", ", Enumerable.Range(1, columns).Select(i => $"sum(c{i})"))} "
            + $"FROM read_parquet(['{reference}', '{current}'])";

        // All three in turn, so that what else the machine does meets each of them alike.
        var (sums, sketch, exact) = (new List<double>(), new List<Measured>(), new List<Measured>());
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            Console.Error.WriteLine($"round {repeat + 1} of {Repeats}");
            sums.Add(Seconds(() => Run(database, sum)));
            sketch.Add(Drift(reference, current, "sketch"));
            exact.Add(Drift(reference, current, "exact"));
        }

        var plain = Middle(sums);
        Console.WriteLine("| | seconds | times the sum | most resident |");
        Console.WriteLine("|---|---|---|---|");
        Console.WriteLine($"| DuckDB, `SELECT sum(c1) … sum(c{columns})` | {plain:0.00} | 1 | |");
        var kept = Row("sketch", sketch, plain, 10);
        return Row("exact", exact, plain, 40) && kept ? 0 : 1;
    }

    /// <summary>A row of the table; false where it takes more than its limits.</summary>
    private static bool Row(string mode, List<Measured> runs, double plain, double limit)
    {
        var (seconds, megabytes) = (Middle([.. runs.Select(each => each.Seconds)]), runs.Max(each => each.Megabytes));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| `fairlead drift --mode {mode}` | {seconds:0.00} | {seconds / plain:0.0} (at most {limit}) | "
            + $"{megabytes:0} MB (below 1,000) |"));
        return seconds <= limit * plain && megabytes < 1000;
    }

    /// <summary>Columns of normal numbers, one in two hundred missing.</summary>
    private static void Write(
        DuckDBConnection database, string file, long rows, int columns, string moved, double seed)
    {
        Run(database, $"SELECT setseed({seed.ToString(CultureInfo.InvariantCulture)})");
        var values = Enumerable.Range(1, columns).Select(i =>
            $"CASE WHEN random() < 0.005 THEN NULL ELSE {moved} + sqrt(-2 * ln(1 - random())) "
            + $"* cos(2 * pi() * random()) END AS c{i}");
        Run(database, $"COPY (SELECT {string.Join(", ", values)} FROM range({rows})) TO '{file}' (FORMAT parquet)");
    }

    private static Measured Drift(string reference, string current, string mode)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "fairlead.exe" : "fairlead");
        var start = new ProcessStartInfo(program)
        {
            ArgumentList = { "drift", "--reference", reference, "--current", current, "--mode", mode },
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_PROCESSOR_COUNT"] = $"{Threads}" },
        };
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var most = 0L;
        while (!process.WaitForExit(50))
        {
            process.Refresh();
            most = Math.Max(most, process.HasExited ? 0 : process.PeakWorkingSet64);
        }

        var seconds = clock.Elapsed.TotalSeconds;
        if (process.ExitCode != 0 || !output.Result.Contains(": drift;", StringComparison.Ordinal))
            throw new InvalidOperationException($"The shift was not found in mode {mode}: {output.Result}");
        return new(seconds, most / 1e6);
    }

    private static void Run(DuckDBConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
        }
    }

    private static double Seconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>One run of the program.</summary>
    private readonly record struct Measured(double Seconds, double Megabytes);
}
