using System.Diagnostics;
using System.Globalization;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Records.Tables;
using ParquetSharp;

namespace Fairlead.Server.Tests.Records;

/// <summary>
/// A process that writes and rolls records is killed at each step. Whatever it said that was written is in the tables
/// afterwards, once.
/// </summary>
public sealed class RecordCrashTests
{
    [Theory]
    [InlineData("draft-1")]
    [InlineData("draft-0")]
    [InlineData("written-1")]
    [InlineData("published-1")]
    [InlineData("written-0")]
    [InlineData("published-0")]
    [InlineData("anywhere")]
    public async Task Killed_AtAPoint_KeepsEveryRecordThatWasWritten_Once(string point)
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-records-").FullName;
        var order = Path.Combine(folder, "order");
        var written = 0;
        using (var child = Start(folder, order))
        {
            while (await child.StandardOutput.ReadLineAsync() is { } line)
            {
                written = int.Parse(line, CultureInfo.InvariantCulture);

                // The first roll is let through, so that there are whole tables as well.
                if (written == 400 && point != "anywhere")
                    await File.WriteAllTextAsync(order, point);
                if (written == 1000 && point == "anywhere")
                    child.Kill();
            }

            await child.WaitForExitAsync();
            child.ExitCode.ShouldBe(137);
        }

        var tables = new RecordTableFolder(Path.Combine(folder, "tables"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "log")).Order())
            RecordRoll.Roll(file, tables, (_, _, _) => false);

        var numbers = tables.List().SelectMany(table => Numbers(tables.Fetch(table)!)).Order().ToList();
        written.ShouldBeGreaterThanOrEqualTo(400);
        numbers.ShouldBe(numbers.Distinct());
        numbers.Take(written).ShouldBe(Enumerable.Range(0, written));
        Directory.EnumerateFiles(Path.Combine(folder, "log")).ShouldBeEmpty();
        Directory.Delete(folder, recursive: true);
    }

    private static IEnumerable<int> Numbers(string path)
    {
        using var reader = new ParquetFileReader(path);
        for (var i = 0; i < reader.FileMetaData.NumRowGroups; i++)
        {
            using var group = reader.RowGroup(i);
            using var ids = group.Column(0).LogicalReader<string?>();
            foreach (var id in ids.ReadAll((int)group.MetaData.NumRows))
                yield return int.Parse(id!, CultureInfo.InvariantCulture);
        }
    }

    private static Process Start(string folder, string order) =>
        Process.Start(new ProcessStartInfo("dotnet") { RedirectStandardOutput = true }.With([
            Path.Combine(AppContext.BaseDirectory, "Fairlead.Server.CrashHost.dll"), "records", folder, order]))!;
}
