namespace Fairlead.Serving.Records;

/// <summary>
/// Frames on their way from the requests to the file: copied into one block of memory under a short lock, and taken
/// from there all at once. Bounded: what has no room is refused, and no request waits for the disk.
/// </summary>
internal sealed class RecordQueue(int capacity)
{
    private const int FirstBytes = 1 << 20;

    private readonly Lock _lock = new();
    private byte[] _filling = [];
    private byte[] _spare = [];
    private int _length;
    private int _count;
    private List<RecordSchema> _schemas = [];

    /// <summary>Bytes that wait.</summary>
    public int Waiting => Volatile.Read(ref _length);

    /// <summary>Takes the memory for the first frames, so that no request does.</summary>
    public void Prepare()
    {
        lock (_lock)
        {
            if (_filling.Length == 0)
                (_filling, _spare) = (new byte[FirstBytes], new byte[FirstBytes]);
        }
    }

    /// <summary>Adds a frame; false when there is no room for it.</summary>
    public bool TryAdd(RecordSchema schema, ReadOnlySpan<byte> frame)
    {
        lock (_lock)
        {
            if (frame.Length > capacity - _length)
                return false;
            if (_filling.Length < _length + frame.Length)
                Grow(frame.Length);
            frame.CopyTo(_filling.AsSpan(_length));
            _length += frame.Length;
            _count++;
            if (!Knows(schema))
                _schemas.Add(schema);
            return true;
        }
    }

    /// <summary>
    /// Takes everything that waits; valid until the next call. One reader only.
    /// </summary>
    /// <returns>The frames, how many they are, and the schemas that they name.</returns>
    public (ReadOnlyMemory<byte> Frames, int Count, IReadOnlyList<RecordSchema> Schemas) TakeAll()
    {
        // The spare block is the reader's until it is swapped in; it grows here and not under a request.
        if (_spare.Length < Volatile.Read(ref _filling).Length)
            _spare = new byte[_filling.Length];
        lock (_lock)
        {
            var taken = (new ReadOnlyMemory<byte>(_filling, 0, _length), _count, _schemas);
            (_filling, _spare) = (_spare, _filling);
            (_length, _count) = (0, 0);
            if (_schemas.Count > 0)
                _schemas = [];
            return taken;
        }
    }

    private bool Knows(RecordSchema schema)
    {
        foreach (var known in _schemas)
        {
            if (ReferenceEquals(known, schema))
                return true;
        }

        return false;
    }

    private void Grow(int by)
    {
        var size = Math.Clamp(2L * _filling.Length, FirstBytes, capacity);
        var grown = new byte[Math.Max(size, _length + by)];
        _filling.AsSpan(0, _length).CopyTo(grown);
        _filling = grown;
    }
}
