using Microsoft.Extensions.Logging;

namespace Fairlead.Server.CrashHost;

/// <summary>Writes every log line with its number to a file, for the test that started this process.</summary>
internal sealed class EventIds(string file) : ILoggerProvider, ILogger
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Append($"{eventId.Id} {formatter(state, exception)}\n");

    public void Dispose()
    {
    }

    private void Append(string line)
    {
        lock (_gate)
            File.AppendAllText(file, line);
    }
}
