using Fairlead.Serving.Records;
using Fairlead.Serving.Records.Tables;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Records;

/// <summary>
/// The records of this process, in both forms: files of the append log and tables. Whoever changes which of them there
/// are, or needs both at one moment, takes a turn.
/// </summary>
internal sealed class RecordStore(
    RecordLog log, IRecordTables tables, Forgotten forgotten, RecordMeter meter, ILogger<RecordStore> logger)
    : IDisposable
{
    /// <summary>What a file of the append log that cannot be read is named.</summary>
    private const string Unreadable = ".unreadable";

    /// <summary>Most merges of one pass; the next pass goes on.</summary>
    private const int MostMerges = 50;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly TableMerge _merge = new(
        tables, Path.Combine(Path.GetDirectoryName(log.Folder)!, "merging"));

    private bool _isRecovered;

    public RecordLog Log => log;

    public IRecordTables Tables => tables;

    public Forgotten Forgotten => forgotten;

    /// <summary>Does something while the files and tables stay as they are.</summary>
    public async Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() =>
            {
                // A merge that was interrupted may have left rows twice, and nobody has read them yet.
                if (!_isRecovered)
                    _merge.Recover();
                _isRecovered = true;
                return work();
            }, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Rolls every closed file into tables. A file whose turn fails stays for the next time.</summary>
    public async Task RollAsync(CancellationToken cancellation)
    {
        if (log.ClosedFiles().Count == 0)
            return;

        await forgotten.RefreshAsync(cancellation);
        foreach (var path in log.ClosedFiles())
        {
            cancellation.ThrowIfCancellationRequested();
            await InTurnAsync(() => Roll(path), cancellation);
        }

        log.CountWaiting();
    }

    /// <summary>
    /// Puts the small tables of days that are over together, some at a time, between which others have their turns; how
    /// many went up in others.
    /// </summary>
    /// <param name="before">Only days before this one.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<int> MergeAsync(DateOnly before, CancellationToken cancellation)
    {
        var all = 0;
        for (var i = 0; i < MostMerges; i++)
        {
            var merged = await InTurnAsync(() =>
            {
                // While its file is there, a roll may still replace a table.
                var sources = log.AllFiles().Select(Path.GetFileNameWithoutExtension).ToHashSet();
                return _merge.MergeOnce(before, table => !sources.Contains(table.Source));
            }, cancellation);
            if (merged == 0)
                break;
            all += merged;
        }

        meter.Merged(all);
        return all;
    }

    public void Dispose() => _turn.Dispose();

    private bool Roll(string path)
    {
        try
        {
            meter.Rolled(RecordRoll.Roll(path, tables, forgotten.Has));
            return true;
        }
        catch (FileNotFoundException)
        {
            // Rolled by the turn before.
            return true;
        }
        catch (InvalidDataException failure)
        {
            // Trying again would fail again, and keep what comes after from its turn.
            logger.RecordsUnreadable(path, failure.Message);
            File.Move(path, path + Unreadable, overwrite: true);
            return false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException
            or ParquetSharp.ParquetException)
        {
            logger.RecordsNotRolled(path, failure.Message);
            return false;
        }
    }
}
