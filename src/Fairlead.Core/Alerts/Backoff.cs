namespace Fairlead.Core.Alerts;

/// <summary>How long somebody who could not be reached is left in peace: twice as long each time.</summary>
/// <param name="First">After the first failure.</param>
/// <param name="Most">However many there were.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Most)
{
    // Beyond this a wait of a second would be years.
    private const int MostDoublings = 30;

    /// <summary>The wait after so many failures in a row, from 1.</summary>
    public TimeSpan After(int failures)
    {
        var wait = First * Math.Pow(2, Math.Clamp(failures - 1, 0, MostDoublings));
        return wait > Most ? Most : wait;
    }
}
