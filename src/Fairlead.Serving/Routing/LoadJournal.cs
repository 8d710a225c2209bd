using System.Text.Json;
using Fairlead.Core.Models;

namespace Fairlead.Serving.Routing;

/// <summary>Why a version may not be loaded just now.</summary>
public enum QuarantineState
{
    None,

    /// <summary>
    /// The process ended uncleanly within a minute of loading it; a fresh probe must pass before it is loaded again.
    /// </summary>
    Suspected,

    /// <summary>That happened again after a fresh probe had passed; only an operator releases it.</summary>
    Locked,
}

/// <summary>
/// Remembers on local disk which versions were loaded when, and whether the process ended in order. After an unclean
/// end the versions loaded in its last minute are quarantined: one of them may be what brought the process down.
/// </summary>
public sealed class LoadJournal
{
    /// <summary>Loads this long before the process's last sign of life are suspected.</summary>
    public static readonly TimeSpan SuspectWindow = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Pages _pages;

    /// <summary>Opens the journal in a folder and finds out how the last process ended.</summary>
    public LoadJournal(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, "loads.json");
        _time = time;
        _pages = Read(_path);
        if (_pages.Running)
            Suspect();
        LoadedBefore = _pages.HasLoaded;
        (_pages.Running, _pages.HasLoaded) = (true, false);
        _pages.Loads.Clear();
        Touch();
    }

    /// <summary>The last process on this folder loaded models.</summary>
    public bool LoadedBefore { get; }

    /// <summary>Raised when an operator has released a version, so that it is tried at once.</summary>
    public event Action? Released;

    /// <summary>Whether a version may be loaded.</summary>
    public QuarantineState StateOf(VersionId version)
    {
        lock (_lock)
            return _pages.Quarantine.GetValueOrDefault(version.ToString());
    }

    /// <summary>Every quarantined version, as <c>model/number</c>.</summary>
    public IReadOnlyDictionary<string, QuarantineState> Quarantined
    {
        get
        {
            lock (_lock)
                return new Dictionary<string, QuarantineState>(_pages.Quarantine);
        }
    }

    /// <summary>Notes, before it begins, that a version is being loaded.</summary>
    public void Loading(VersionId version)
    {
        lock (_lock)
        {
            _pages.Loads[version.ToString()] = _time.GetUtcNow();
            _pages.HasLoaded = true;
        }

        Touch();
    }

    /// <summary>
    /// Notes that a suspected version passed a fresh probe: it may be loaded, and is locked if that ends badly again.
    /// </summary>
    public void Cleared(VersionId version)
    {
        lock (_lock)
        {
            if (_pages.Quarantine.Remove(version.ToString()))
                _pages.Cleared.Add(version.ToString());
        }

        Touch();
    }

    /// <summary>An operator says that a version may be loaded again. False when it was not quarantined.</summary>
    public bool Release(VersionId version)
    {
        bool was;
        lock (_lock)
        {
            was = _pages.Quarantine.Remove(version.ToString());
            _pages.Cleared.Remove(version.ToString());
        }

        Touch();
        if (was)
            Released?.Invoke();
        return was;
    }

    /// <summary>
    /// A sign of life; call it every few seconds. It is also what forgives versions that have long been running well.
    /// </summary>
    public void Touch()
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            _pages.LastSign = now;
            foreach (var (version, at) in _pages.Loads.ToList())
            {
                if (now - at <= SuspectWindow)
                    continue;
                _pages.Loads.Remove(version);
                _pages.Cleared.Remove(version);
            }

            Write();
        }
    }

    /// <summary>The process ends in order.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _pages.Running = false;
            _pages.Loads.Clear();
            Write();
        }
    }

    private void Suspect()
    {
        foreach (var (version, at) in _pages.Loads)
        {
            if (_pages.LastSign - at > SuspectWindow)
                continue;
            _pages.Quarantine[version] = _pages.Cleared.Contains(version) ? QuarantineState.Locked
                : QuarantineState.Suspected;
        }
    }

    private void Write()
    {
        var written = _path + ".new";
        File.WriteAllBytes(written, JsonSerializer.SerializeToUtf8Bytes(_pages));
        File.Move(written, _path, overwrite: true);
    }

    private static Pages Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Pages>(File.ReadAllBytes(path)) ?? new Pages()
                : new Pages();
        }
        catch (JsonException)
        {
            // A half-written journal says nothing; the file is replaced whole, so this takes a failing disk.
            return new Pages();
        }
    }

    private sealed class Pages
    {
        public bool Running { get; set; }

        public bool HasLoaded { get; set; }

        public DateTimeOffset LastSign { get; set; }

        public Dictionary<string, DateTimeOffset> Loads { get; init; } = [];

        public Dictionary<string, QuarantineState> Quarantine { get; init; } = [];

        public HashSet<string> Cleared { get; init; } = [];
    }
}
